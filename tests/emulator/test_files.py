"""/files: bytes come back as they went, limits hold, and each owner sees only his own."""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gigagate.emulator import EmulatorThread

Start = Callable[..., EmulatorThread]
Connect = Callable[[EmulatorThread], httpx.Client]
KEYS = [
    "id",
    "object",
    "bytes",
    "created_at",
    "filename",
    "purpose",
    "access_policy",
    "modalities",
]


def upload(
    client: httpx.Client,
    content: bytes = b"hi",
    name: str = "a.txt",
    mime: str = "text/plain",
    purpose: str = "general",
    **headers: str,
) -> httpx.Response:
    return client.post(
        "/files",
        files={"file": (name, content, mime)},
        data={"purpose": purpose},
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n", b"\n\r\n--\r\n--boundary", bytes(range(256)) * 40, os.urandom(100_000), b"\r"],
)
def test_content_comes_back_byte_for_byte(client: httpx.Client, content: bytes) -> None:
    file = upload(client, content, "картинка.png", "image/png").json()
    assert list(file) == KEYS
    assert (file["bytes"], file["filename"]) == (len(content), "картинка.png")
    assert (file["object"], file["purpose"]) == ("file", "general")
    fetched = client.get(f"/files/{file['id']}/content")
    assert fetched.content == content
    assert fetched.headers["content-type"] == "application/octet-stream"


def test_files_are_listed_looked_at_and_deleted(client: httpx.Client) -> None:
    file = upload(client).json()
    assert client.get("/files").json() == {"data": [file]}
    assert client.get(f"/files/{file['id']}").json() == file
    deleted = client.post(f"/files/{file['id']}/delete").json()
    assert (deleted["id"], deleted["deleted"]) == (file["id"], True)
    for path in (f"/files/{file['id']}", f"/files/{file['id']}/content"):
        assert client.get(path).status_code == 404
    assert client.post(f"/files/{file['id']}/delete").status_code == 404


def test_client_ids_do_not_see_each_others_files(client: httpx.Client) -> None:
    file = upload(client, X_Client_ID="one").json()
    path = f"/files/{file['id']}"
    assert client.get(path, headers={"X-Client-ID": "one"}).status_code == 200
    assert client.get(path, headers={"X-Client-ID": "two"}).status_code == 404
    assert client.get("/files").json() == {"data": []}


REFUSED: list[tuple[dict[str, Any], int]] = [
    ({"mime": "image/gif"}, 400),
    ({"purpose": "fine-tune"}, 400),
    ({"content": b"x" * (15 * 2**20 + 1), "mime": "image/png"}, 413),
]


@pytest.mark.parametrize(("changes", "status"), REFUSED)
def test_wrong_uploads_are_refused(
    client: httpx.Client, changes: dict[str, Any], status: int
) -> None:
    assert upload(client, **changes).status_code == status


def test_a_body_that_is_no_form_is_refused(client: httpx.Client) -> None:
    answer = client.post("/files", json={"file": "x"})
    assert answer.content == b'{"status":400,"message":"Field \'file\' is missing"}\n'


def test_other_mime_types_pass_when_switched(start: Start, connect: Connect) -> None:
    client = connect(start(file_mime="accept"))
    assert upload(client, mime="image/gif").status_code == 200


def test_an_uploaded_image_can_be_talked_about(client: httpx.Client) -> None:
    file_id = upload(client, b"\x89PNG", "a.png", "image/png").json()["id"]
    message = {"role": "user", "content": "Что здесь?", "attachments": [file_id]}
    chat = {"model": "GigaChat-2", "messages": [message]}
    answer = client.post("/chat/completions", json=chat)
    assert "Файлов вижу: 1" in answer.json()["choices"][0]["message"]["content"]
    stranger = client.post("/chat/completions", json=chat, headers={"X-Client-ID": "two"})
    assert stranger.status_code == 404
