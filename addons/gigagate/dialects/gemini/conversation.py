"""Gemini's system instruction and contents -> the messages of a chat.

Results of functions stand among the parts of a user's turn there, and in messages of their own
here.  Calls and results may come without ids: a result then belongs to the oldest call of its name
that has none yet.  Google's SDKs keep an answer as the pieces in which it came, each a content of
its own: contents of the model in a row are one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import object_at, text_at, wrong_type
from gigagate.dialects.content import PartDict, plain, text_part
from gigagate.dialects.gemini import parts
from gigagate.dialects.gemini.fields import each, fields_at
from gigagate.errors import InvalidRequest, UnsupportedFeature

_USERS = ("user", "function", "tool", None, "")

_WRAPPERS = (({"output"}, "output"), ({"result"}, "result"))
"""The keys of a response that only wraps a text of a function, and which one has it: Gemini CLI's
and Google's SDKs'."""
_VERCELS = {"name", "content"}
"""Likewise, of whatever a function said: Vercel's SDK's."""


class Conversation:
    def __init__(self, policy: Policy, notes: Notes) -> None:
        self.messages: list[dict[str, Any]] = []
        self.places: list[str] = []
        """Where each of them stands in the request."""
        self._strict = policy.strict
        self._notes = notes
        self._counts: Counter[str] = Counter()
        self._open: dict[str, dict[str, None]] = {}
        """Name of a function -> ids of its calls without a result, the oldest first."""
        self._turn: list[tuple[Mapping[str, Any], str]] = []
        """Parts of the model's that have not ended yet."""
        self._names: dict[str, str] = {}
        """Id of a call -> the name of its function."""

    def read(self, system: object, contents: object) -> None:
        """Raises ClientError."""
        path = "systemInstruction"
        texts = [part["text"] for part in self._said(system, path) if part["type"] == "text"]
        if texts:
            self._say("system", "\n\n".join(texts), path)
        for content, at in each(contents, "contents"):
            if not self._says_plainly(content, at):
                self._add(content, at)
        self._end_turn()
        if not any(message["role"] != "system" for message in self.messages):
            raise InvalidRequest("contents is empty: there is nothing to answer.", param="contents")
        if self.messages[-1]["role"] == "assistant":
            self._notes.add("messages", "the last content is the model's: it is gone on with")
        for what, count in self._counts.items():
            self._notes.add("messages", f"{what}: {count}")

    def path_of(self, pivot_path: str) -> str:
        """ "messages[3].content" -> "contents[2]"."""
        number, bracket, _ = pivot_path.removeprefix("messages[").partition("]")
        if bracket and number.isdigit() and int(number) < len(self.places):
            return self.places[int(number)]
        return pivot_path

    def _says_plainly(self, content: object, path: str) -> bool:
        """Says what is text and no more, as most of a long history is; False: it is more."""
        if type(content) is not dict or len(content) != 2:
            return False
        role, texts = content.get("role"), parts.only_texts(content.get("parts"))
        if texts is None or (role != "user" and role != "model"):
            return False
        if role == "model":
            self._turn += [({"text": "".join(texts)}, f"{path}.parts[0]")] if texts else []
            return True
        self._end_turn()
        if said := [text_part(text) for text in texts if text]:
            self._say("user", plain(said), path)
        return True

    def _add(self, given: object, path: str) -> None:
        content = {"parts": given} if isinstance(given, str) else fields_at(path, given)
        role = content.get("role")
        found = _parts(content.get("parts"), f"{path}.parts")
        if role == "model":
            self._turn += found
            return
        self._end_turn()
        if role in _USERS:
            self._add_user(found, path)
        elif isinstance(role, str):
            at = f"{path}.role"
            raise InvalidRequest(f"{at} must be one of user, model, function.", param=at)
        else:
            raise wrong_type(f"{path}.role", "a string", role)

    def _add_user(self, found: list[tuple[Mapping[str, Any], str]], path: str) -> None:
        said: list[PartDict] = []
        for part, at in found:
            if (kind := parts.kind_of(part)) == "functionResponse":
                self._add_result(part["functionResponse"], at)
            else:
                said += self._part(part, kind, at)
        if said:
            self._say("user", plain(said), path)

    def _add_result(self, given: object, path: str) -> None:
        at = f"{path}.functionResponse"
        result = fields_at(at, given)
        name = text_at(f"{at}.name", result.get("name") or "")
        call_id = self._answered(_id(result, at), name)
        text = _result(result.get("response"), f"{at}.response")
        shown = self._said({"parts": result.get("parts")}, at)
        content = plain([text_part(text), *shown]) if shown else text
        told: dict[str, Any] = {"tool_call_id": call_id} if call_id else {"name": name}
        self._say("tool", content, path, **told)

    def _answered(self, call_id: str, name: str) -> str:
        """The id of the call that a result belongs to; "" where there is none."""
        waiting = self._open.get(self._names.get(call_id, name), {})
        if call_id not in waiting:
            if call_id in self._names:
                return call_id
            call_id = next(iter(waiting), call_id)
        waiting.pop(call_id, None)
        return call_id

    def _end_turn(self) -> None:
        """The model's parts so far become its message."""
        if not self._turn:
            return
        found, self._turn = self._turn, []
        said: list[PartDict] = []
        calls: list[dict[str, Any]] = []
        for part, at in found:
            if (kind := parts.kind_of(part)) == "functionCall":
                calls.append(self._call(part["functionCall"], f"{at}.functionCall"))
            else:
                said += self._part(part, kind, at)
        if calls:
            self._say("assistant", _joined(said) or None, found[0][1], tool_calls=calls)
        elif said:
            self._say("assistant", _joined(said), found[0][1])

    def _call(self, given: object, path: str) -> dict[str, Any]:
        call = fields_at(path, given)
        name = text_at(f"{path}.name", call.get("name"))
        arguments = _own(call.get("args"), f"{path}.args")
        call_id = _id(call, path) or f"call_{len(self._names)}_without_id"
        self._names[call_id] = name
        self._open.setdefault(name, {})[call_id] = None
        function = {"name": name, "arguments": compact_json.dumps(arguments).decode()}
        return {"id": call_id, "type": "function", "function": function}

    def _said(self, given: object, path: str) -> list[PartDict]:
        """What parts say, of a content, or of a text that stands in its place."""
        if isinstance(given, str):
            return [text_part(given)] if given else []
        found = _parts(fields_at(path, given).get("parts"), f"{path}.parts")
        return [s for part, at in found for s in self._part(part, parts.kind_of(part), at)]

    def _part(self, part: Mapping[str, Any], kind: str, path: str) -> list[PartDict]:
        if not parts.is_known(kind):
            self._left_out(kind, path)
        return parts.read(part, kind, path)

    def _left_out(self, kind: str, path: str) -> None:
        if self._strict and kind not in parts.LEFT_OUT:
            raise UnsupportedFeature(
                f"{path} is a part of the kind {kind[:64]!r}, which GigaChat cannot be told.",
                param=path,
            )
        self._counts[f"parts of the kind {kind[:40]} left out"] += 1

    def _say(
        self, role: str, content: str | list[PartDict] | None, path: str, **fields: object
    ) -> None:
        self.messages.append({"role": role, "content": content, **fields})
        self.places.append(path)


def _joined(said: list[PartDict]) -> str | list[PartDict]:
    """What the model said: its texts are pieces of one."""
    texts = [part["text"] for part in said if part["type"] == "text"]
    return "".join(texts) if len(texts) == len(said) else said


def _own(given: object, path: str) -> dict[str, Any]:
    """An object whose keys are the client's."""
    return {} if given is None else object_at(path, given)


def _parts(given: object, path: str) -> list[tuple[Mapping[str, Any], str]]:
    return [
        ({"text": part} if isinstance(part, str) else fields_at(at, part), at)
        for part, at in each(given, path)
    ]


def _id(given: Mapping[str, Any], path: str) -> str:
    return text_at(f"{path}.id", given.get("id") or "")


def _result(given: object, path: str) -> str:
    """What a function said: its text alone where the object only wraps it."""
    response = _own(given, path)
    for keys, inner in _WRAPPERS:
        if response.keys() == keys and isinstance(said := response[inner], str):
            return said
    if response.keys() == _VERCELS:
        said = response["content"]
        return said if isinstance(said, str) else compact_json.dumps(said).decode()
    return compact_json.dumps(response).decode()
