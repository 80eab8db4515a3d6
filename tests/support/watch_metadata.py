"""An addon for tests: prints what is kept beside each flow, and of its answer."""

from mitmproxy import http


def response(flow: http.HTTPFlow) -> None:
    assert flow.response is not None
    kept = sorted(key for key in flow.metadata if key.startswith("gigachat."))
    body = flow.response.raw_content is not None
    print(f"KEPT {flow.request.path} {kept} {body} {flow.comment!r}", flush=True)
