"""The proxy's own address, as the client reaches it."""

import pytest
from tests.support.hooks import flow_of

from gigagate.hooks.request_head import own_url


@pytest.mark.parametrize(
    ("host", "headers", "tls", "url"),
    [
        ("localhost:4000", {}, False, "http://localhost:4000"),
        ("localhost:4000", {}, True, "https://localhost:4000"),
        ("proxy.corp", {"x_forwarded_proto": "https"}, False, "https://proxy.corp"),
        ("proxy.corp", {"x_forwarded_proto": "HTTPS, http"}, False, "https://proxy.corp"),
        ("proxy.corp", {"x_forwarded_proto": "ftp"}, False, "http://proxy.corp"),
        (None, {}, False, "http://127.0.0.1:4000"),
    ],
)
def test_it_is_known(host: str | None, headers: dict[str, str], tls: bool, url: str) -> None:
    flow = flow_of(**headers)
    flow.client_conn.sockname, flow.client_conn.tls = ("127.0.0.1", 4000), tls
    del flow.request.headers["host"]
    if host is not None:
        flow.request.headers["host"] = host
    assert own_url(flow) == url
