"""A function call of GigaChat's as it arrives: whole, or in pieces of a v1 stream."""

from gigagate.core import compact_json
from gigagate.core.pivot import ToolCall
from gigagate.gigachat import call_id
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.tools import ToolNames


class FunctionCall:
    """GigaChat v1: {"name", "arguments"}, the arguments an object; some have seen them as a string,
    which a stream may cut into pieces, as OpenAI's does."""

    def __init__(self) -> None:
        self.begun = False
        self._name = ""
        self._id: object = None
        self._object: dict[str, object] | None = None
        self._text: list[str] = []

    def add(self, part: object) -> None:
        """Raises UpstreamProtocolError."""
        if not isinstance(part, dict):
            raise unexpected("a function call that is no object")
        self.begun = True
        self._id = part.get("id", self._id)
        name = part.get("name")
        if isinstance(name, str) and name != self._name:
            self._name += name
        arguments = part.get("arguments")
        if isinstance(arguments, str):
            self._text.append(arguments)
        elif isinstance(arguments, dict):
            self._object = arguments or self._object or {}
        elif arguments is not None:
            raise unexpected("a function call whose arguments are no object")

    def as_tool_call(self, names: ToolNames, unique: str) -> ToolCall:
        """unique: hexadecimal digits, which tell this call from all others.

        Raises UpstreamProtocolError.
        """
        if not self._name:
            raise unexpected("a function call without a name")
        name = names.to_client(self._name)
        return ToolCall(call_id.carrying(self._id) or call_id.make(unique), name, self.arguments)

    @property
    def name(self) -> str:
        """The name GigaChat has for it."""
        return self._name

    @property
    def arguments(self) -> str:
        if self._object is not None and not any(self._text):
            return compact_json.dumps(self._object).decode()
        return "".join(self._text) or "{}"
