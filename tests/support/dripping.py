"""A server that is never silent and never done: a byte now and then, for ever."""

import contextlib
import socket
import threading


class Dripping:
    """`with Dripping(b"HTTP/1.1 200 OK\\r\\n") as server:` begins so, and goes on with `drop`s."""

    def __init__(self, begins: bytes = b"", drop: bytes = b" ", pause: float = 0.05) -> None:
        self.begins, self.drop, self.pause = begins, drop, pause
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ended = threading.Event()
        self.came = 0

    def __enter__(self) -> "Dripping":
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.ended.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.came += 1
                threading.Thread(target=self.drip, args=(connection,), daemon=True).start()

    def drip(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(self.begins)
            while not self.ended.wait(self.pause):
                connection.sendall(self.drop)
