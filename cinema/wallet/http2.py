"""A small client for HTTP/2 (RFC 9113), which Apple's push service requires: one short request after the other.

Unlike the usual clients it limits the time of a whole request, however slowly the server answers.
"""

import logging
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from cinema.wallet.errors import WalletUnavailable

logger = logging.getLogger(__name__)

LONGEST = 5.0  # seconds for a request, connecting included
LARGEST = 4096  # bytes of an answer
READ = 16_384  # bytes at once


class Http2Response(NamedTuple):
    """The status of an answer, and its body."""

    status_code: int
    body: bytes


class _Line:
    """A connection over TLS."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, end: float) -> None:
        plain = _connected(host, port, end)
        try:
            plain.settimeout(_left(end))
            self._socket = context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        self._http = H2Connection()
        self._http.initiate_connection()

    def post(self, headers: Mapping[str, str], body: bytes, end: float) -> Http2Response:
        """Raises OSError, ProtocolError or ValueError."""
        stream = self._http.get_next_available_stream_id()
        self._http.send_headers(stream, list(headers.items()))
        self._http.send_data(stream, body, end_stream=True)
        status, found = 0, b""
        while True:
            for event in self._events(end):
                match event:
                    case ConnectionTerminated() | StreamReset():
                        raise ConnectionError("The server ends it.")
                    case ResponseReceived():
                        status = int(dict(event.headers)[b":status"])
                    case DataReceived():
                        self._http.acknowledge_received_data(event.flow_controlled_length, stream)
                        found += event.data
                        if len(found) > LARGEST:
                            raise ValueError("The answer is too long.")
                    case StreamEnded():
                        return Http2Response(status, found)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.close()

    def _events(self, end: float) -> list[Event]:
        """Send what is to be sent, and wait for what comes."""
        self._socket.settimeout(_left(end))
        self._socket.sendall(self._http.data_to_send())
        self._socket.settimeout(_left(end))
        received = self._socket.recv(READ)
        if not received:
            raise ConnectionError("The server has closed the connection.")
        return self._http.receive_data(received)


class Http2Client:
    """Posts to one server, whose ``url`` begins with https, over a connection that is kept until close()."""

    def __init__(self, url: str, context: ssl.SSLContext) -> None:
        server = urlsplit(url)
        self._host, self._port, self._authority = server.hostname or "", server.port or 443, server.netloc
        self._context = context
        context.set_alpn_protocols(["h2"])
        self._line: _Line | None = None

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Http2Response:
        """Raises WalletUnavailable. A request must do no harm if it is repeated: a connection that was kept may have
        ended in the meantime."""
        fields = {":method": "POST", ":scheme": "https", ":authority": self._authority, ":path": path, **headers}
        end, was_kept = monotonic() + LONGEST, self._line is not None
        try:
            try:
                return self._post(fields, body, end)
            except (ConnectionError, ProtocolError):
                if not was_kept:
                    raise
                return self._post(fields, body, end)
        except (OSError, ProtocolError, LookupError, ValueError) as error:
            logger.warning("An HTTP/2 server did not answer: %s.", type(error).__name__)
            raise WalletUnavailable from None

    def close(self) -> None:
        if self._line:
            self._line.close()
            self._line = None

    def _post(self, headers: Mapping[str, str], body: bytes, end: float) -> Http2Response:
        try:
            self._line = self._line or _Line(self._host, self._port, self._context, end)
            return self._line.post(headers, body, end)
        except BaseException:
            self.close()
            raise


def _connected(host: str, port: int, end: float) -> socket.socket:
    """A connection to the first address of a host that accepts one."""
    failure: OSError = TimeoutError()
    for family, kind, protocol, _, address in _addresses(host, port, end):
        plain = socket.socket(family, kind, protocol)
        try:
            plain.settimeout(_left(end))
            plain.connect(address)
        except OSError as error:
            plain.close()
            failure = error
        else:
            return plain
    raise failure


def _addresses(host: str, port: int, end: float) -> list[Any]:
    """What socket.getaddrinfo() finds. It has no limit of its own, so its thread may outlast the request."""
    found: Future[list[Any]] = Future()

    def resolve() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            found.set_exception(error)

    Thread(target=resolve, daemon=True).start()
    return found.result(_left(end))


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError("The request takes too long.")
    return left
