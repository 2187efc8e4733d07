"""Apple's push service for tests: HTTP/2 over TLS on a port of its own, to which a client shows its certificate."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests import wallets


class Push(NamedTuple):
    """What was asked for: the token of a phone, headers, body, and the pass type in the client's certificate."""

    token: str
    headers: dict[str, str]
    body: bytes
    pass_type: str


class FakeApplePush:
    """``pushes`` are those that were accepted. ``refused`` are tokens that get a status and a reason.

    ``trouble`` is what happens to the next requests instead, one after the other: a status, or something that is done
    with the connection, which then ends.
    """

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.refused: dict[str, tuple[int, str]] = {}
        self.trouble: list[int | Callable[[ssl.SSLSocket], object]] = []
        self.connections: list[ssl.SSLSocket] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(wallets.server_file())
        context.load_verify_locations(wallets.authority_file())
        context.verify_mode = ssl.CERT_REQUIRED
        context.set_alpn_protocols(["h2"])
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"https://localhost:{listener.getsockname()[1]}"
            threading.Thread(target=self._accept, args=(listener, context), daemon=True).start()
            yield
            self.hang_up()
            listener.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """End all connections."""
        for line in self.connections:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                threading.Thread(target=self._serve, args=(plain, context), daemon=True).start()

    def _serve(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as line:
            self.connections.append(line)
            http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
            http.initiate_connection()
            headers, body = {}, b""
            while True:
                line.sendall(http.data_to_send())
                if not (received := line.recv(65_536)):
                    return
                for event in http.receive_data(received):
                    match event:
                        case RequestReceived():
                            headers, body = dict(event.headers), b""
                        case DataReceived():
                            body += event.data
                        case StreamEnded():
                            trouble = self.trouble.pop(0) if self.trouble else None
                            if callable(trouble):
                                trouble(line)
                                return
                            answer = (trouble, "TooManyRequests") if trouble else self._answer(line, headers, body)
                            self._send(http, event.stream_id, *answer)

    def _answer(self, line: ssl.SSLSocket, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        token = headers[":path"].removeprefix("/3/device/")
        if token in self.refused:
            return self.refused[token]
        subject = dict(pair for [pair] in line.getpeercert()["subject"])
        self.pushes.append(Push(token, headers, body, subject["userId"]))
        return 200, ""

    def _send(self, http: H2Connection, stream: int, status: int, reason: str) -> None:
        http.send_headers(stream, [(":status", str(status)), ("apns-id", "1")], end_stream=not reason)
        if reason:
            http.send_data(stream, json.dumps({"reason": reason}).encode(), end_stream=True)
