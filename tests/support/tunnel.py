"""Carries connections from one local port to another, as long as a `with` block runs."""

import contextlib
import socket
import threading


class Tunnel:
    def __init__(self, port: int, target: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.target = target
        self.open: list[socket.socket] = [self.listener]

    def __enter__(self) -> None:
        threading.Thread(target=self.accept, daemon=True).start()

    def __exit__(self, *exception: object) -> None:
        for each in self.open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self.open += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    def carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # one end has broken off, so does the other
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)
