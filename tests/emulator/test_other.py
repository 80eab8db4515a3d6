"""The smaller endpoints, in their recorded or documented forms."""

import json
import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gigagate.emulator import EmulatorThread

Start = Callable[..., EmulatorThread]
Connect = Callable[[EmulatorThread], httpx.Client]
INVALID = b'{"status":400,"message":"Your request contains invalid JSON syntax."}\n'
NO_MODEL = b'{"status":404,"message":"No such model"}\n'


def test_one_model_is_the_recorded_one(start: Start, connect: Connect) -> None:
    answer = connect(start(models="all")).get("/models/GigaChat")
    assert answer.content == (
        b'{"id":"GigaChat","object":"model","owned_by":"salutedevices","type":"chat"}'
    )
    assert answer.headers["content-length"] == "75"


@pytest.mark.parametrize(
    ("which", "count", "first_generation"), [("current", 10, 404), ("all", 25, 200)]
)
def test_models_are_listed_by_generation(
    start: Start, connect: Connect, which: str, count: int, first_generation: int
) -> None:
    client = connect(start(models=which))
    listed = client.get("/models").json()
    assert listed["object"] == "list"
    assert len(listed["data"]) == count
    assert client.get("/models/GigaChat-Pro").status_code == first_generation
    assert client.get("/models/GigaChat-2-Max").status_code == 200


def test_embeddings_report_usage_by_item(client: httpx.Client) -> None:
    answer = client.post("/embeddings", json={"model": "Embeddings", "input": ["раз", "два три"]})
    body = answer.json()
    assert list(body) == ["object", "model", "data"]
    assert [list(d) for d in body["data"]] == [["object", "index", "embedding", "usage"]] * 2
    first = body["data"][0]["embedding"]
    assert len(first) == 1024
    assert math.isclose(sum(x * x for x in first), 1, abs_tol=1e-3)
    again = client.post("/embeddings", json={"model": "Embeddings", "input": "раз"}).json()
    assert again["data"][0]["embedding"] == first


def test_texts_that_share_words_lie_near_each_other(client: httpx.Client) -> None:
    texts = ["кот спит на диване", "кошка дремлет на софе", "биржа закрылась ростом"]
    answer = client.post("/embeddings", json={"model": "Embeddings", "input": texts})
    first, near, far = (one["embedding"] for one in answer.json()["data"])
    assert math.sumprod(first, near) > math.sumprod(first, far)


def test_embedders_differ_in_size_and_limit(client: httpx.Client) -> None:
    body = {"model": "EmbeddingsGigaR", "input": "слово " * 1000}
    assert len(client.post("/embeddings", json=body).json()["data"][0]["embedding"]) == 2560
    answer = client.post("/embeddings", json=body | {"model": "Embeddings-2"})
    assert answer.content == b'{"status":413,"message":"Tokens limit exceeded"}\n'


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/embeddings", {"model": "Embeddings"}, INVALID),
        ("/embeddings", {"model": "Embeddings", "input": []}, INVALID),
        ("/embeddings", {"model": "Embeddings", "input": [1]}, INVALID),
        ("/embeddings", {"model": "GigaChat-2", "input": "x"}, NO_MODEL),
        ("/tokens/count", {"model": "GigaChat-2", "input": "x"}, INVALID),
        ("/tokens/count", {"model": "gpt-5", "input": ["x"]}, NO_MODEL),
        ("/functions/validate", {"description": "no name"}, INVALID),
        ("/ai/check", {"model": "GigaCheckDetection"}, INVALID),
        ("/ai/check", {"model": "GigaChat-2", "input": "x"}, NO_MODEL),
    ],
)
def test_wrong_requests_are_refused(
    client: httpx.Client, path: str, body: Any, expected: bytes
) -> None:
    assert client.post(path, json=body).content == expected


def test_tokens_are_counted_as_recorded(client: httpx.Client) -> None:
    body = {"model": "GigaChat-2", "input": ["1234567890", "12345678901"]}
    assert client.post("/tokens/count", json=body).content == (
        b'[{"object":"tokens","tokens":2,"characters":10},'
        b'{"object":"tokens","tokens":2,"characters":11}]'
    )


@pytest.mark.parametrize(
    ("parameters", "message", "errors"),
    [
        ({"type": "object", "properties": {}}, "Function is valid", 0),
        ({"type": "object"}, "Incorrect function syntax", 1),
    ],
)
def test_a_function_is_validated(
    client: httpx.Client, parameters: dict[str, Any], message: str, errors: int
) -> None:
    body = client.post("/functions/validate", json={"name": "f", "parameters": parameters}).json()
    assert (body["status"], body["message"], len(body["errors"])) == (200, message, errors)


def test_the_balance_is_for_packages_only(start: Start, connect: Connect) -> None:
    packages = connect(start()).get("/balance").json()["balance"]
    assert {"usage": "GigaChat-2", "value": 900000} in packages
    answer = connect(start(balance="pay_as_you_go")).get("/balance")
    assert answer.content == b'{"status":403,"message":"Permission denied"}\n'


def test_text_is_checked_for_ai(client: httpx.Client) -> None:
    text = "слово " * 20
    body = client.post("/ai/check", json={"model": "GigaCheckDetection", "input": text}).json()
    assert (body["category"], body["characters"]) == ("human", len(text))
    short = client.post("/ai/check", json={"model": "GigaCheckDetection", "input": "мало"})
    assert short.status_code == 422


def test_a_batch_is_created_and_then_completed(client: httpx.Client) -> None:
    request = {"model": "GigaChat-2", "messages": [{"role": "user", "content": "Привет"}]}
    lines = "\n".join(json.dumps({"id": str(n), "request": request}) for n in range(2))
    created = client.post("/batches?method=chat_completions", content=lines.encode()).json()
    assert created["status"] == "created"
    listed = client.get(f"/batches?batch_id={created['id']}").json()["batches"]
    assert [b["status"] for b in listed] == ["completed"]
    assert client.get("/batches").json()["batches"] == listed
    output = client.get(f"/files/{listed[0]['output_file_id']}/content").text.splitlines()
    assert [json.loads(line)["id"] for line in output] == ["0", "1"]


def test_wrong_batches_are_refused(client: httpx.Client) -> None:
    assert client.post("/batches", content=b"{}").content == INVALID
    assert client.post("/batches?method=embedder", content=b"not json").content == INVALID
    answer = client.get("/batches?batch_id=unknown")
    assert answer.content == b'{"status":404,"message":"Batch task not found"}\n'
