"""An endpoint as a test asks it: the request translated once, then its answers."""

from collections.abc import Callable
from functools import cached_property

from gigagate.core.http import Content, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.dialects.dialect import Translation


class Translating:
    def __init__(self, translate: Callable[[InHand], Translation | Content], call: InHand) -> None:
        self._translate = translate
        self._call = call

    @cached_property
    def translation(self) -> Translation:
        translated = self._translate(self._call)
        assert isinstance(translated, Translation)
        return translated

    @property
    def wants_stream(self) -> bool:
        return self.translation.stream is not None

    def upstream_request(self) -> UpstreamRequest:
        return self.translation.upstream

    def content(self, body: bytes) -> Content:
        return self.translation.whole(body)

    def answer(self, body: bytes) -> bytes:
        return self.content(body).body
