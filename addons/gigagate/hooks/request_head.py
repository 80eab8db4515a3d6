"""What is known of a request before its body, as plain values."""

from mitmproxy import http

from gigagate.core.http import Head


def headers_of(request: http.Request) -> dict[str, str]:
    """Names in lower case -> values; several of one name are folded."""
    headers: dict[str, str] = {}
    for in_bytes, value in request.headers.fields:
        name = in_bytes.decode("utf-8", "surrogateescape").lower()
        text = value.decode("utf-8", "surrogateescape")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def head_of(request: http.Request) -> Head:
    return Head(request.method, request.path, headers_of(request))


def own_url(flow: http.HTTPFlow) -> str:
    """The proxy's address as the client reaches it: "http://localhost:4000".

    HTTP/1.0 may come without Host; a server in front that speaks TLS tells of it in a header.
    """
    request, client = flow.request, flow.client_conn
    host = request.host_header
    if host is None:
        name, port, *_ = client.sockname
        host = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return f"{'https' if client.tls or forwarded == 'https' else 'http'}://{host}"
