"""GigaChat's chat APIs, behind the pivot: what a dialect asks of each, and of none but these."""

from typing import Protocol

from gigagate.core.http import UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import AnswerStream, AnswerWriter, Chat, Completion
from gigagate.core.report import Report
from gigagate.gigachat.expected import Expected


class UpstreamChat(Protocol):
    """One of them.  It keeps nothing of a request: that is in what `ask` returns."""

    @property
    def name(self) -> str:
        """The name that the paths have: "v1"."""

    @property
    def may_be_refused(self) -> bool:
        """It is not open to every account, or not in every form."""

    def ask(self, chat: Chat, call: InHand) -> tuple[UpstreamRequest, Expected]:
        """Raises ClientError."""

    def whole(self, body: bytes, expected: Expected, report: Report) -> Completion:
        """The answer that came in one piece; it may hold several calls.  Raises UpstreamError."""

    def stream(self, writer: AnswerWriter, expected: Expected, report: Report) -> AnswerStream: ...
