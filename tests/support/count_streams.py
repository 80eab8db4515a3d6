"""An addon for tests: GET /streams tells how many requests are in memory, ended ones included.

GET /collect collects garbage first.
"""

import gc

from mitmproxy import http

from gigagate.hooks.wire.stream import GigaStream


def request(flow: http.HTTPFlow) -> None:
    if flow.request.path == "/collect":
        gc.collect()
    if flow.request.path in ("/streams", "/collect"):
        found = sum(isinstance(each, GigaStream) for each in gc.get_objects())
        flow.response = http.Response.make(200, str(found))
