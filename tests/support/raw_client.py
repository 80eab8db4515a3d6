"""A client that sends a request and may leave at any moment."""

import json
import socket

from tests.support.proxy import Proxy


def send(proxy: Proxy, body: object, path: str = "/v1/chat/completions") -> socket.socket:
    content = json.dumps(body).encode()
    client = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    client.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    return client
