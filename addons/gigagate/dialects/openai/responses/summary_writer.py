"""The stream of a response that is nothing but a summary of the conversation, sealed."""

from collections.abc import Sequence
from typing import Any

from gigagate.core.logprobs import TokenLogprob
from gigagate.core.pivot import Citation, Finish, Picture, ToolCall, ToolRun, Usage
from gigagate.dialects.openai.responses import compaction, output
from gigagate.dialects.openai.responses.writer import ResponseWriter


class SummaryWriter(ResponseWriter):
    """What GigaChat says is collected: the client gets it as one item, which it cannot read."""

    def __init__(self, *of_response: Any, now: int, client_key: bytes) -> None:
        super().__init__(*of_response, now=now)
        self._client_key = client_key
        self._summary: list[str] = []

    def text(self, text: str) -> bytes:
        self._summary.append(text)
        return b"" if len(self._summary) % _SIGN_EVERY else self.working()

    def reasoning(self, text: str) -> bytes:
        return b""

    def tool_call(self, call: ToolCall, index: int = 0) -> bytes:
        return b""

    def tool_run(self, run: ToolRun) -> bytes:
        return b""

    def cite(self, citations: Sequence[Citation]) -> bytes:
        return b""

    def picture(self, picture: Picture) -> bytes:
        return b""

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        return b""

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        name = output.item_id("cmp", self._request_id, 0)
        item = compaction.item(name, "".join(self._summary), self._client_key)
        written = self._event("response.output_item.added", item=item, **self._at())
        written += self._item_done(item)
        # cut short it is still the best there is: an incomplete one would end the client's work
        return written + super().finish("stop" if reason == "length" else reason, tokens)


_SIGN_EVERY = 20
"""Pieces of text, after which the client sees that the stream is alive."""
