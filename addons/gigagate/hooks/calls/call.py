"""A client's request on its way to GigaChat, and what it may have to wait for."""

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from gigagate.accounts.account import Account
from gigagate.core.attachment import Attachment, FileIds, RemoteFile
from gigagate.errors import GigaGateError
from gigagate.exchange import Answer, Exchange, UpstreamRequest
from gigagate.patience import LOOK_UP, Patience
from gigagate.retries import OF_A_LOOK_UP, Retries
from gigagate.slots import Slot
from gigagate.tokens import AccessToken

A_MOMENT = 0.001
"""Seconds; mitmproxy is done with a failed attempt only after we have handled its last event."""

LOOK_UPS = frozenset({"models", "tokens", "balance"})
"""Operations, as Endpoint.operation has them."""


@dataclass(eq=False, slots=True)
class UpstreamCall:
    exchange: Exchange
    account: Account
    connection_id: str
    """mitmproxy's name for the client's connection."""
    retries: Retries
    token: AccessToken | None = None
    slot: Slot | None = None
    """None for a request that needs none."""
    abandoned: bool = False
    """We have closed the last attempt's connection before GigaChat's answer had ended."""
    refused: AccessToken | None = None
    """The token GigaChat has answered 401 to: another one is tried, once."""
    tried: float = 0
    """When the last attempt began, of time.monotonic()."""
    pause: float = 0
    """Seconds to wait before the next attempt."""
    error: GigaGateError | None = None
    """What was waited for will not come."""
    client: str = ""
    """The name of the client's key; "" if clients are not told apart."""
    file_ids: FileIds | None = None
    """Those of `request.files`; None: not all are uploaded."""
    fetched: Mapping[str, Attachment] | None = None
    """Files of `request.files` that are elsewhere, by their key; None: not yet looked for."""
    files_renewed: bool = False
    """GigaChat had forgotten one, so all have been uploaded again."""
    instead: Answer | None = None
    """What the client gets in place of GigaChat's refusal."""
    unable: set[Account] = field(default_factory=set)
    """Accounts that could not serve it."""
    fallbacks: list[str] | None = None
    """Models still to be asked in place of the first; None: that one has not failed."""
    waiting: asyncio.Future[None] | None = None
    request: UpstreamRequest = field(init=False)
    """What goes to GigaChat; there once the client's request is translated."""
    patience: Patience = field(init=False)

    def send(self, request: UpstreamRequest) -> None:
        self.request = request
        now = time.monotonic()
        if self.is_look_up:
            self.retries.until(now + OF_A_LOOK_UP)
        most = LOOK_UP if self.is_look_up else math.inf
        self.patience = Patience(now, in_one_piece=request.in_one_piece, most=most)

    def asks_otherwise(self, status: int, body: bytes) -> bool:
        """GigaChat refused how it was asked, and there is another way; its files are the same."""
        request = self.exchange.otherwise(status, body)
        if not isinstance(request, UpstreamRequest):
            self.instead = request
            return False
        self.request = request
        if request.files and self.file_ids is not None:
            self.request = request.with_files(self.file_ids)
        self.patience = Patience(time.monotonic(), in_one_piece=request.in_one_piece)
        self.pause = A_MOMENT
        return True

    @property
    def is_look_up(self) -> bool:
        """GigaChat only has to look something up; known once the request is translated."""
        return self.exchange.report.operation in LOOK_UPS

    @property
    def ready(self) -> bool:
        return (
            self.has_slot
            and self.token is not None
            and not self.pause
            and self.has_files
            and not self.exchange.missing_pictures
        )

    @property
    def has_slot(self) -> bool:
        return self.slot is None or self.slot.held

    @property
    def has_files(self) -> bool:
        return not self.request.files or self.file_ids is not None

    @property
    def has_fetched(self) -> bool:
        """Nothing has to be waited for that is not GigaChat's."""
        elsewhere = any(isinstance(file, RemoteFile) for file in self.request.files)
        return self.has_files or self.fetched is not None or not elsewhere

    def use(self, account: Account) -> None:
        """Another account: nothing of the one before is good there."""
        self.account = account
        self.token = account.tokens.now()
        self.refused = self.error = None
        self.file_ids = None
        self.files_renewed = False
        self.pause = 0

    def attach(self, ids: FileIds) -> None:
        self.file_ids = ids
        self.request = self.request.with_files(ids)
