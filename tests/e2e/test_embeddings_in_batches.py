"""Many texts through a real proxy: several requests over one connection, one answer."""

from openai import OpenAI

from gigagate.emulator import Emulator


def batches(emulator: Emulator) -> list[int]:
    asked = [one for one in emulator.log if one.path.endswith("/embeddings")]
    return [len(one.json["input"]) for one in asked if one.status == 200]


def test_250_texts_are_three_requests_and_one_answer(client: OpenAI, emulator: Emulator) -> None:
    texts = [f"текст {number}" for number in range(250)]
    answer = client.embeddings.create(model="Embeddings", input=texts)
    assert [item.index for item in answer.data] == list(range(250))
    assert batches(emulator) == [100, 100, 50]
    assert len({one.connection for one in emulator.log if one.path.endswith("/embeddings")}) == 1
    alone = client.embeddings.create(model="Embeddings", input=[texts[249]])
    assert alone.data[0].embedding == answer.data[249].embedding
    assert answer.usage.prompt_tokens > alone.usage.prompt_tokens


def test_a_part_that_fails_is_repeated_alone(client: OpenAI, emulator: Emulator) -> None:
    emulator.faults.add(path="/embeddings", status=503, body="")
    answer = client.embeddings.create(model="Embeddings", input=["а"] * 150)
    assert len(answer.data) == 150
    assert batches(emulator) == [100, 50]
