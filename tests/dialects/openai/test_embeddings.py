import base64
import json
import struct
import sys
from typing import Any

import pytest
from openai.types import CreateEmbeddingResponse

from gigagate.core.pivot import Usage
from gigagate.core.policy import Policy
from gigagate.dialects.openai import token_ids
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.exchange import ClientRequest, Exchange

VECTOR = [0.25, -1.5, 3.0]


def exchange(policy: Policy | None = None, **asked: Any) -> Exchange:
    body = json.dumps({"model": "Embeddings", "input": "текст", **asked}).encode()
    request = ClientRequest("POST", "/v1/embeddings", {}, body)
    return Exchange(request, policy or Policy(), request_id="ab" * 16, now=1)


def sent(policy: Policy | None = None, **asked: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(exchange(policy, **asked).upstream_request().body)
    return body


def answered(*vectors: Any, **asked: Any) -> Any:
    asking = exchange(**asked)
    asking.upstream_request()
    data = [
        {"object": "embedding", "index": i, "embedding": v, "usage": {"prompt_tokens": 9 + i}}
        for i, v in enumerate(vectors)
    ]
    body = {"object": "list", "model": "Embeddings", "data": data}
    return asking, asking.answer(200, {}, json.dumps(body).encode())


@pytest.mark.parametrize("text", ["текст", ["один", "два"]])
def test_text_passes_in_one_request(text: Any) -> None:
    assert sent(input=text, user="u", encoding_format="base64") == {
        "model": "Embeddings",
        "input": [text] if isinstance(text, str) else text,
    }


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Embeddings-2", "Embeddings-2"),
        ("embeddingsgigar", "EmbeddingsGigaR"),
        ("GigaEmbeddings-9B", "GigaEmbeddings-9B"),
        ("text-embedding-3-small", "Embeddings"),
        ("mine", "Embeddings-2"),
    ],
)
def test_a_foreign_name_becomes_the_default_model(name: str, model: str) -> None:
    assert sent(Policy(aliases={"mine": "Embeddings-2"}), model=name)["model"] == model


IDS = [54745, 28089, 8341, 11, 11562, 78746]


@pytest.mark.parametrize(
    ("ids", "texts"),
    [(IDS, ["Привет, мир"]), ([IDS, IDS[4:]], ["Привет, мир", " мир"]), ([[0]], ["!"])],
)
def test_token_ids_are_text_again(ids: Any, texts: list[str]) -> None:
    assert sent(input=ids)["input"] == texts


@pytest.mark.parametrize("ids", [[[1], []], [[1], "a"], [-1], [True], [100_256], [[1], [2.0]]])
def test_what_are_no_token_ids_is_refused(ids: Any) -> None:
    with pytest.raises(InvalidRequest) as raised:
        sent(input=ids)
    assert raised.value.param == "input"


def test_token_ids_have_a_bound() -> None:
    with pytest.raises(InvalidRequest, match="300000"):
        sent(input=[1] * (token_ids.MOST + 1))


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]]])
def test_token_ids_are_refused_with_advice_where_nothing_can_decode_them(
    tokens: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bpe_openai", None)
    token_ids._encoding.cache_clear()
    with pytest.raises(UnsupportedFeature, match="install bpe-openai") as raised:
        sent(input=tokens)
    assert raised.value.param == "input"


def in_batches(size: int, texts: list[str], **asked: Any) -> tuple[list[list[str]], Any, Exchange]:
    asking = exchange(Policy(embeddings_batch=size), input=texts, **asked)
    request: Any = asking.upstream_request()
    sent: list[list[str]] = []
    while True:
        sent.append(json.loads(request.body)["input"])
        data = [
            {"embedding": [float(len(text))], "usage": {"prompt_tokens": 2}} for text in sent[-1]
        ]
        body = json.dumps({"data": data, "model": "Embeddings"}).encode()
        following = asking.following(body)
        if following is None:
            return sent, asking.answer(200, {}, body), asking
        request = following


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_many_texts_go_in_batches_and_come_as_one(count: int) -> None:
    texts = ["a" * (i + 1) for i in range(count)]
    sent, answer, asking = in_batches(3, texts)
    assert [text for batch in sent for text in batch] == texts
    assert max(map(len, sent)) <= 3
    parsed = CreateEmbeddingResponse.model_validate_json(answer.body, strict=True)
    assert [item.embedding for item in parsed.data] == [[i + 1.0] for i in range(count)]
    assert [item.index for item in parsed.data] == list(range(count))
    assert parsed.usage.prompt_tokens == 2 * count
    assert asking.report.usage == Usage(2 * count, 0, 0)


def test_the_usual_batch_is_a_hundred() -> None:
    assert len(sent(input=["a"] * 250)["input"]) == 100


def test_an_answer_of_too_few_embeddings_is_the_upstreams_error() -> None:
    _, answer = answered(VECTOR, input=["a", "b"])
    assert answer.status == 502


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"input": []}, "input"),
        ({"input": None}, "input"),
        ({"input": ""}, "input[0]"),
        ({"input": ["a", {}]}, "input[1]"),
        ({"model": 1}, "model"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"dimensions": "many"}, "dimensions"),
    ],
)
def test_what_is_wrong_is_named(asked: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        sent(**asked)
    assert raised.value.param == param


def test_usage_is_summed_at_the_top() -> None:
    asking, answer = answered(VECTOR, VECTOR, input=["a", "b"])
    parsed = CreateEmbeddingResponse.model_validate_json(answer.body, strict=True)
    assert parsed.usage.prompt_tokens == parsed.usage.total_tokens == 19
    assert [item.index for item in parsed.data] == [0, 1]
    assert parsed.data[0].embedding == VECTOR
    assert asking.report.usage == Usage(19, 0, 0)


def test_base64_is_little_endian_float32() -> None:
    _, answer = answered(VECTOR, encoding_format="base64")
    encoded = json.loads(answer.body)["data"][0]["embedding"]
    assert list(struct.unpack("<3f", base64.b64decode(encoded))) == VECTOR


def test_the_models_own_dimensions_are_fine() -> None:
    _, answer = answered(VECTOR, dimensions=3)
    assert answer.status == 200


def test_other_dimensions_are_refused_with_the_models_own() -> None:
    _, answer = answered(VECTOR, dimensions=2)
    assert answer.status == 400
    error = json.loads(answer.body)["error"]
    assert error["param"] == "dimensions"
    assert "must be 3" in error["message"]


@pytest.mark.parametrize("vector", [None, ["a"], [1e300]])
def test_a_vector_of_no_numbers_is_the_upstreams_error(vector: Any) -> None:
    _, answer = answered(vector, encoding_format="base64")
    assert answer.status == 502
