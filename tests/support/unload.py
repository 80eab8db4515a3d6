"""An addon for tests: a request to /unload takes GigaGate's addons out of the running mitmproxy."""

from mitmproxy import ctx, http


def request(flow: http.HTTPFlow) -> None:
    if flow.request.path == "/unload":
        kept = [path for path in ctx.options.scripts if "gigachat_proxy" not in path]
        ctx.options.update(scripts=kept)
