"""Pictures, documents and the files API through the proxy, as the openai package shows them."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import requests
from tests.support.pictures_of import picture
from tests.support.proxy import Proxy
from tests.support.samples import GIF, JPEG, PDF, PNG, data_url, png

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

Pair = tuple[Emulator, Proxy]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("files")
    config = EmulatorConfig(concurrency=0, chunk_chars=5)
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder) as proxy:
            yield emulator, proxy


@pytest.fixture
def emulator(pair: Pair) -> Emulator:
    pair[0].log.clear()
    return pair[0]


@pytest.fixture
def client(pair: Pair) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=pair[1].base_url, api_key="x", max_retries=0) as client:
        yield client


def image(content: bytes) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": data_url(content)}}


def ask(client: openai.OpenAI, *parts: Any, **more: Any) -> str:
    content = [{"type": "text", "text": "Что здесь?"}, *parts]
    answer = client.chat.completions.create(
        model="gigachat", messages=[{"role": "user", "content": content}], **more
    )
    return answer.choices[0].message.content or ""


def uploads(emulator: Emulator) -> list[Any]:
    return [one for one in emulator.log if one.method == "POST" and one.path.endswith("/files")]


def chats(emulator: Emulator) -> list[Any]:
    return [one for one in emulator.log if one.path.endswith("/chat/completions")]


def test_a_picture_in_a_data_url_is_seen(emulator: Emulator, client: openai.OpenAI) -> None:
    assert "Файлов вижу: 1" in ask(client, image(png(1)))
    (upload,) = uploads(emulator)
    assert b"Content-Type: image/png" in upload.body
    assert png(1) in upload.body
    (message,) = chats(emulator)[-1].json["messages"]
    assert message["content"] == "Что здесь?"
    assert len(message["attachments"]) == 1


def test_the_same_picture_sent_ten_times_is_uploaded_once(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    for _ in range(10):
        assert "Файлов вижу: 1" in ask(client, image(png(2)))
    assert len(uploads(emulator)) == 1


def test_a_document_is_seen(emulator: Emulator, client: openai.OpenAI) -> None:
    encoded = data_url(PDF, "application/pdf")
    part = {"type": "file", "file": {"filename": "отчёт.pdf", "file_data": encoded}}
    assert "Файлов вижу: 1" in ask(client, part)
    (upload,) = uploads(emulator)
    assert b"Content-Type: application/pdf" in upload.body
    assert "отчёт.pdf".encode() in upload.body


def test_pictures_of_one_message_go_in_messages_of_their_own(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    assert "Файлов вижу: 1" in ask(client, *(image(png(n)) for n in (10, 11, 12)))
    messages = chats(emulator)[-1].json["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "user", "assistant", "user"]
    assert [len(m.get("attachments", ())) for m in messages] == [1, 0, 1, 0, 1]


def test_a_stream_waits_for_the_upload(emulator: Emulator, client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="gigachat",
        messages=[{"role": "user", "content": [image(png(3))]}],
        stream=True,
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert "Файлов вижу: 1" in text


def test_an_uploaded_file_is_named_by_its_id(emulator: Emulator, client: openai.OpenAI) -> None:
    file = client.files.create(file=("a.txt", b"text"), purpose="user_data")
    assert "Файлов вижу: 1" in ask(client, {"type": "file", "file": {"file_id": file.id}})
    assert chats(emulator)[-1].json["messages"][0]["attachments"] == [file.id]


def test_a_file_gigachat_has_forgotten_is_uploaded_anew(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    ask(client, image(png(4)))
    (old,) = chats(emulator)[-1].json["messages"][0]["attachments"]
    client.files.delete(old)
    assert "Файлов вижу: 1" in ask(client, image(png(4)))
    (new,) = chats(emulator)[-1].json["messages"][0]["attachments"]
    assert new != old
    assert len(uploads(emulator)) == 2


def test_a_file_nobody_knows_is_an_error(emulator: Emulator, client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        ask(client, {"type": "file", "file": {"file_id": "nobody-knows"}})
    assert len(chats(emulator)) == 1


def test_a_refused_token_is_replaced_while_uploading(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    ask(client)
    emulator.revoke_tokens()
    assert "Файлов вижу: 1" in ask(client, image(png(5)))
    assert [upload.status for upload in uploads(emulator)] == [401, 200]
    assert len(chats(emulator)) == 2


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,!"}}], "base64"),
        ([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}], "allow_urls"),
        ([image(JPEG + b"x" * (15 * 2**20))], "15.0 MB"),
        ([image(png(100 + n)) for n in range(11)], "10 images"),
    ],
)
def test_what_gigachat_does_not_take_is_a_clear_error_and_goes_nowhere(
    emulator: Emulator, client: openai.OpenAI, parts: list[Any], words: str
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        ask(client, *parts)
    assert refused.value.status_code in (400, 413)
    assert words in refused.value.message
    assert emulator.log == []


@pytest.mark.parametrize("form", ["WEBP", "GIF", "AVIF", "HEIF"])
def test_a_picture_of_another_format_is_converted(
    emulator: Emulator, client: openai.OpenAI, form: str
) -> None:
    for _ in range(2):
        assert "Файлов вижу: 1" in ask(client, image(picture(form)))
    (upload,) = uploads(emulator)
    assert b"Content-Type: image/jpeg" in upload.body
    assert b"image.jpg" in upload.body


def test_a_picture_that_cannot_be_converted_is_told_in_words(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    for _ in range(2):
        ask(client, image(GIF))
        (message,) = chats(emulator)[-1].json["messages"]
        assert message["content"].startswith("Что здесь?\n\n(A file is left out here")
        assert "attachments" not in message
    assert uploads(emulator) == []


def test_but_alone_it_is_refused(emulator: Emulator, client: openai.OpenAI) -> None:
    message: Any = {"role": "user", "content": [image(GIF)]}
    with pytest.raises(openai.BadRequestError, match="image/gif, which GigaChat does not take"):
        client.chat.completions.create(model="gigachat", messages=[message])
    assert chats(emulator) == []
    assert uploads(emulator) == []


def test_an_upload_that_fails_is_the_error_of_the_request(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    emulator.faults.add(
        path="/files", status=413, body='{"status":413,"message":"Payload too large"}'
    )
    with pytest.raises(openai.APIStatusError) as failed:
        ask(client, image(png(6)))
    assert failed.value.status_code == 413
    assert chats(emulator) == []
    assert "Файлов вижу: 1" in ask(client, image(png(6))), "and it is tried again"


@pytest.mark.parametrize("status", [429, 503, 500])
def test_an_upload_that_may_succeed_is_repeated(
    emulator: Emulator, client: openai.OpenAI, status: int
) -> None:
    emulator.faults.add(path="/files", status=status, body="{}")
    assert "Файлов вижу: 1" in ask(client, image(png(200 + status)))
    assert [upload.status for upload in uploads(emulator)] == [status, 200]


CLINE_TOOL = {
    "type": "function",
    "function": {"name": "read_files", "parameters": {"type": "object", "properties": {}}},
}


def test_clines_picture_behind_a_tools_result_is_seen(
    emulator: Emulator, client: openai.OpenAI
) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "read_files", "arguments": "{}"}}
    answer = client.chat.completions.create(
        model="gigachat",
        messages=[
            {"role": "user", "content": "Что на a.png?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "(see following user message)"},
            {"role": "user", "content": [image(png(7))]},
        ],
        tools=[CLINE_TOOL],
    )
    assert answer.choices[0].finish_reason in ("stop", "tool_calls")
    sent = chats(emulator)[-1].json
    assert [m["role"] for m in sent["messages"]] == ["user", "assistant", "function", "user"]
    assert len(sent["messages"][-1]["attachments"]) == 1
    assert sent["functions"]


# /v1/files


def test_the_files_api(emulator: Emulator, client: openai.OpenAI, tmp_path: Path) -> None:
    path = tmp_path / "картинка.png"
    path.write_bytes(PNG)
    file = client.files.create(file=path, purpose="vision")
    assert (file.filename, file.bytes, file.purpose) == ("картинка.png", len(PNG), "vision")
    assert (file.object, file.status) == ("file", "processed")
    assert client.files.retrieve(file.id).id == file.id
    assert file.id in [one.id for one in client.files.list()]
    content = client.files.content(file.id)
    assert content.read() == PNG
    assert content.response.headers["content-type"] == "image/png"
    deleted = client.files.delete(file.id)
    assert (deleted.id, deleted.deleted) == (file.id, True)
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


@pytest.mark.parametrize("purpose", ["assistants", "user_data"])
def test_a_text_of_any_type_is_uploaded_as_text(
    emulator: Emulator, client: openai.OpenAI, purpose: Any
) -> None:
    client.files.create(file=("notes.md", b"# Title", "text/markdown"), purpose=purpose)
    (upload,) = uploads(emulator)
    assert b"Content-Type: text/plain" in upload.body
    assert b"\r\n\r\ngeneral\r\n" in upload.body


def test_a_large_file_arrives_as_it_is(emulator: Emulator, client: openai.OpenAI) -> None:
    content = b"%PDF-" + bytes(range(256)) * (39 * 2**12)
    file = client.files.create(file=("a.pdf", content), purpose="user_data")
    assert file.bytes == len(content)
    assert client.files.content(file.id).read() == content


@pytest.mark.parametrize(
    ("file", "purpose", "words"),
    [
        (("a.gif", GIF), "vision", "GIF"),
        (("a.jsonl", b"{}"), "batch", "purpose"),
        (("a.png", PNG + b"x" * (15 * 2**20)), "vision", "15.0 MB"),
    ],
)
def test_an_upload_that_gigachat_would_not_take_is_refused(
    emulator: Emulator, client: openai.OpenAI, file: Any, purpose: Any, words: str
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        client.files.create(file=file, purpose=purpose)
    assert words in refused.value.message
    assert emulator.log == []


# Pictures made by GigaChat

DRAW = {"model": "gigachat", "function_call": "auto"}
LINK = re.compile(r"!\[image\]\((http://[^)]+)\)")


def drawn(proxy: Proxy, stream: bool) -> str:
    body = DRAW | {"messages": [{"role": "user", "content": "Нарисуй кота"}], "stream": stream}
    answer = requests.post(f"{proxy.base_url}/chat/completions", json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    if not stream:
        return answer.json()["choices"][0]["message"]["content"]
    assert answer.text.endswith("data: [DONE]\n\n")
    events = [json.loads(line[6:]) for line in answer.text.split("\n\n")[:-2] if line]
    assert events[-1]["choices"][0]["finish_reason"] == "stop"
    return "".join(event["choices"][0]["delta"].get("content", "") for event in events)


@pytest.mark.parametrize("stream", [False, True])
def test_a_picture_gigachat_made_is_a_link_that_shows_it(pair: Pair, stream: bool) -> None:
    text = drawn(pair[1], stream)
    assert text.endswith("Вот что получилось 🎨")
    picture = requests.get(LINK.match(text)[1], timeout=10)
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_a_picture_in_the_history_is_gigachats_tag_again(pair: Pair, emulator: Emulator) -> None:
    text = drawn(pair[1], False)
    ask = {"role": "user", "content": "Ещё"}
    body = {"model": "gigachat", "messages": [ask, {"role": "assistant", "content": text}, ask]}
    requests.post(f"{pair[1].base_url}/chat/completions", json=body, timeout=20)
    assert chats(emulator)[-1].json["messages"][1]["content"].startswith('<img src="')


@pytest.mark.parametrize("generated", ["data", "raw"])
def test_a_picture_gigachat_made_is_what_the_setting_says(tmp_path: Path, generated: str) -> None:
    settings = {"images": {"generated": generated}}
    config = EmulatorConfig(concurrency=0, chunk_chars=3)
    with EmulatorThread(state_dir=tmp_path / "emulator", config=config) as emulator:
        with Proxy(emulator, tmp_path / "state", settings=settings) as proxy:
            for stream in (False, True):
                text = drawn(proxy, stream)
                assert text.endswith("Вот что получилось 🎨")
                if generated == "raw":
                    assert text.startswith('<img src="')
                    continue
                shown = re.match(r"!\[image [\w-]+\]\(data:image/png;base64,([^)]+)\)", text)
                assert base64.b64decode(shown[1]).startswith(b"\x89PNG")
            if generated == "data":
                emulator.faults.add(path="/content", status=500, body="{}")
                assert LINK.match(drawn(proxy, True)), "a link is better than nothing"
