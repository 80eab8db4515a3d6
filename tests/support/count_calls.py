"""An addon for tests: GET /calls tells how many functions were called since the last time."""

import sys
from types import FrameType

from mitmproxy import http

calls = 0


def count(frame: FrameType, event: str, argument: object) -> None:
    global calls
    calls += event == "call"


def request(flow: http.HTTPFlow) -> None:
    global calls
    if flow.request.path == "/calls":
        sys.setprofile(count)
        flow.response = http.Response.make(200, str(calls))
        calls = 0
