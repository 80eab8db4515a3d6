"""The messages of a request to GigaChat v2: what is refused of them, and the rest in v1's form."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.emulator.chat_rules import FileFacts
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.v2_refused import Refused, invalid

_PARTS = frozenset({"text", "files", "function_call", "function_result", "inline_data"})
_ROLES = ("system", "user", "assistant", "tool", "function", "reasoning")
_COUNTS = "Function calls count does not match function results count"


def read(
    body: dict[str, Any], config: EmulatorConfig, files: Mapping[str, FileFacts]
) -> Iterator[dict[str, Any]]:
    """Each call with its result right behind, as v1 has them."""
    open_calls: list[dict[str, Any]] = []
    for message in body["messages"]:
        parts = _parts(message, config)
        calls = [_call(part["function_call"]) for part in parts if "function_call" in part]
        given = [part["function_result"] for part in parts if "function_result" in part]
        results = [_result(one, config) for one in given]
        if results:
            if message["role"] not in ("tool", "function"):
                raise invalid()
            _check_role(message["role"], body["model"], config)
            yield from _paired(open_calls, results)
            open_calls = []
            continue
        if open_calls:
            raise Refused(422, _COUNTS)
        if message["role"] in ("tool", "function"):
            raise invalid()
        text = "".join(part["text"] for part in parts if "text" in part)
        told: dict[str, Any] = {"role": message["role"], "content": text}
        ids = [_id_of(file) for part in parts for file in part.get("files", ())]
        if any(one not in files for one in ids):
            raise Refused(404, "No such file")
        if ids:
            told["attachments"] = ids
        if calls:
            open_calls = calls
            if text:
                yield told
        else:
            yield told
    if open_calls:
        raise Refused(422, _COUNTS)


def _parts(message: Any, config: EmulatorConfig) -> list[dict[str, Any]]:
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise invalid()
    content = message.get("content")
    if isinstance(content, str) and config.v2_content == "either":
        content = [{"text": content}]
    if not isinstance(content, list) or not content:
        raise invalid()
    for part in content:
        if not isinstance(part, dict) or not part or not part.keys() <= _PARTS:
            raise invalid()
        if "text" in part and not (isinstance(part["text"], str) and part["text"]):
            raise invalid()
    return content


def _call(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("arguments"), dict):
        raise invalid()
    if not isinstance(given.get("name"), str) or not isinstance(given.get("id", ""), str):
        raise invalid()
    return given


def _result(given: Any, config: EmulatorConfig) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise invalid()
    text = given.get("result")
    if isinstance(text, dict) and config.v2_result == "either":
        return given | {"result": json.dumps(text, ensure_ascii=False)}
    if not isinstance(text, str):
        raise invalid()
    try:
        json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise Refused(
            422,
            f"INVALID_PARAMS: invalid function result for function {given['name']} "
            f"json string `{text}`, error: {error}",
        ) from None
    return given


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check_role(role: str, model: str, config: EmulatorConfig) -> None:
    wanted = config.v2_result_role
    if wanted == "either":
        return
    if wanted == "by_model":
        wanted = "tool" if model.startswith("GigaChat-3") else "function"
    if role != wanted:
        raise invalid() if wanted == "function" else Refused(422, "Invalid params: unknown role")


def _paired(calls: list[dict[str, Any]], results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Calls and results in pairs: by id where all calls have one, else by place."""
    if len(calls) != len(results):
        raise Refused(422, _COUNTS)
    ids = [one.get("id") for one in calls]
    if any(ids):
        by_id = {one.get("id"): one for one in results}
        if not all(ids) or set(ids) != by_id.keys():
            raise Refused(422, _COUNTS)
        results = [by_id[one] for one in ids]
    for call, result in zip(calls, results, strict=True):
        function = {"name": call["name"], "arguments": call["arguments"]}
        yield {"role": "assistant", "content": "", "function_call": function}
        yield {"role": "function", "name": call["name"], "content": result["result"]}


def _id_of(file: Any) -> str:
    if not isinstance(file, dict) or not isinstance(file.get("id"), str):
        raise invalid()
    return str(file["id"])
