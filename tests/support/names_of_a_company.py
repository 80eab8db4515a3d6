"""For a mitmdump that stands for a company's proxy: only it can resolve gigachat.test."""

from mitmproxy.proxy.server_hooks import ServerConnectionHookData


def server_connect(data: ServerConnectionHookData) -> None:
    host, port = data.server.address
    if host == "gigachat.test":
        data.server.address = ("localhost", port)
        data.server.sni = "localhost"
