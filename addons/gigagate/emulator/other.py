"""The smaller endpoints of GigaChat v1: models, embeddings, tokens, functions, balance, batches.

Forms recorded: models, embeddings, tokens/count.  The rest follows the reference; the texts about
wrong requests to it are ours, but "No such model" and "Batch task not found".
"""

import hashlib
import json
import math
import time
import uuid
from typing import Any

from gigagate.emulator import models
from gigagate.emulator.chat_functions import function_rules
from gigagate.emulator.chat_rules import INVALID_JSON
from gigagate.emulator.file_store import StoredFile
from gigagate.emulator.model import count_tokens
from gigagate.emulator.players import play
from gigagate.emulator.reply import Reply, compact, error, ok
from gigagate.emulator.state import Call, Handler, State

_MIN_WORDS = 20
"""Fewer than that /ai/check does not judge."""


async def list_models(state: State, call: Call) -> Reply:
    return ok({"object": "list", "data": models.listed(state.config.models)})


async def one_model(state: State, call: Call) -> Reply:
    model = models.find(call.parameters[0], state.config.models)
    return ok(model) if model else error(404, "No such model")


async def embeddings(state: State, call: Call) -> Reply:
    body = call.received.json
    texts = _texts(body)
    if texts is None or not isinstance(body.get("model"), str):
        return error(400, INVALID_JSON)
    model = models.find(body["model"], state.config.models, "embedder")
    if model is None:
        return error(404, "No such model")
    if max(map(count_tokens, texts)) > models.max_input_tokens(model["id"]):
        return error(413, "Tokens limit exceeded")
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": _vector(text, models.dimensions(model["id"])),
            "usage": {"prompt_tokens": count_tokens(text)},
        }
        for index, text in enumerate(texts)
    ]
    return ok({"object": "list", "model": body["model"], "data": data})


async def count(state: State, call: Call) -> Reply:
    body = call.received.json
    texts = _texts(body)
    if texts is None or isinstance(body["input"], str) or not isinstance(body.get("model"), str):
        return error(400, INVALID_JSON)
    if models.find(body["model"], state.config.models) is None:
        return error(404, "No such model")
    return ok(
        [{"object": "tokens", "tokens": count_tokens(t), "characters": len(t)} for t in texts]
    )


async def validate(state: State, call: Call) -> Reply:
    function = call.received.json
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        return error(400, INVALID_JSON)
    problem = function_rules([function], "auto", state.config)
    errors = [{"description": problem, "schema_location": "(root)"}] if problem else []
    return ok(
        {
            "status": 200,
            "message": "Incorrect function syntax" if errors else "Function is valid",
            "json_ai_rules_version": "1.0.5",
            "errors": errors,
            "warnings": [],
        }
    )


async def balance(state: State, call: Call) -> Reply:
    if state.config.balance == "pay_as_you_go":
        return error(403, "Permission denied")
    chat = [m["id"] for m in models.listed(state.config.models) if m["type"] == "chat"]
    return ok({"balance": [{"usage": name, "value": 900000} for name in chat]})


async def ai_check(state: State, call: Call) -> Reply:
    body = call.received.json
    if not isinstance(body, dict) or not isinstance(body.get("input"), str):
        return error(400, INVALID_JSON)
    if body.get("model") not in ("GigaCheckClassification", "GigaCheckDetection"):
        return error(404, "No such model")
    text = body["input"]
    if len(text.split()) < _MIN_WORDS:
        return error(422, f"Invalid params: input must have at least {_MIN_WORDS} words")
    result = {
        "category": "human",
        "characters": len(text),
        "tokens": count_tokens(text),
        "ai_intervals": [],
    }
    return ok(result)


async def create_batch(state: State, call: Call) -> Reply:
    method = call.query("method")
    requests = _json_lines(call.received.body)
    if method not in ("chat_completions", "embedder") or requests is None:
        return error(400, INVALID_JSON)
    now = int(time.time())
    batch = {
        "id": str(uuid.uuid4()),
        "method": method,
        "request_counts": {"total": len(requests)},
        "status": "created",
        "created_at": now,
        "updated_at": now,
    }
    lines = [compact({"id": r["id"], "result": _batched(method, r["request"])}) for r in requests]
    content = b"\n".join(lines) + b"\n"
    output = StoredFile(call.owner, "result.jsonl", "text/plain", "general", content)
    state.files.add(output)
    state.batches[str(batch["id"])] = batch | {"status": "completed", "output_file_id": output.id}
    return ok(batch)


async def list_batches(state: State, call: Call) -> Reply:
    wanted = call.query("batch_id")
    if wanted is None:
        return ok({"batches": list(state.batches.values())})
    if wanted not in state.batches:
        return error(404, "Batch task not found")
    return ok({"batches": [state.batches[wanted]]})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", r"/models", list_models),
    ("GET", r"/models/(.+)", one_model),
    ("POST", r"/embeddings", embeddings),
    ("POST", r"/tokens/count", count),
    ("POST", r"/functions/validate", validate),
    ("GET", r"/balance", balance),
    ("POST", r"/ai/check", ai_check),
    ("POST", r"/batches", create_batch),
    ("GET", r"/batches", list_batches),
)


def _texts(body: Any) -> list[str] | None:
    given = body.get("input") if isinstance(body, dict) else None
    texts = [given] if isinstance(given, str) else given
    fits = isinstance(texts, list) and texts and all(isinstance(t, str) for t in texts)
    return texts if fits else None


def _vector(text: str, size: int) -> list[float]:
    """A vector of length one, the same for the same text: texts that share letters lie near."""
    raw = [(byte - 127.5) / 2000 for byte in hashlib.shake_256(text.encode()).digest(size)]
    for piece in {text[start : start + 3] for start in range(len(text))}:
        raw[int.from_bytes(hashlib.sha256(piece.encode()).digest()[:4]) % size] += 1
    length = math.sqrt(sum(x * x for x in raw))
    return [round(x / length, 7) for x in raw]


def _json_lines(body: bytes) -> list[dict[str, Any]] | None:
    try:
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
    except ValueError:
        return None
    ok_ = lines and all(isinstance(v, dict) and {"id", "request"} <= v.keys() for v in lines)
    return lines if ok_ else None


def _batched(method: str, request: dict[str, Any]) -> dict[str, Any]:
    if method == "embedder":
        return {"embeddings": [_vector(t, 1024) for t in _texts(request) or []]}
    return {"message": {"role": "assistant", "content": play(request).text}}
