"""uvicorn's HTTP connection with a time limit on everything that a client can delay."""

from asyncio import Transport
from asyncio.events import TimerHandle
from functools import lru_cache, partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cinema.live.limits import most_connections
from cinema.web.client_ip import SOCKET

KEEP_ALIVE = 75  # seconds without a request: longer than any usual proxy keeps a connection, so that it closes first
HEAD = 20.0  # seconds from the first byte of a request, or from connecting, to the end of its headers
STALLED = 30.0  # seconds in which the client has to read what is buffered for it, some 64 kB at a time
LAST_CHANCE = 2.0  # seconds for a request that is in transit while the server shuts down
PIPELINED = 16  # requests that may wait behind the one being answered
HEADERS = 100  # more than any browser or proxy sends
BESIDE_BODIES = 64 * 1024  # bytes of headers, and of the framing of a chunked body

MOST = most_connections()
PUSH = "cinema.push"  # in a scope's extensions: sends a piece of an endless response at once


class Connection(HttpToolsProtocol):
    """A connection with time limits. When there are more than MOST, the one idle for longest is closed."""

    idle: dict["Connection", None] = {}  # connections without a request in progress, idle for longest first

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self.client = self.client or (SOCKET, 0)  # a name for the peer of a Unix socket, so that it can be trusted
        self.running: RequestResponseCycle | None = None
        self.is_ending = False
        self.beside_bodies = 0
        self.stall: TimerHandle | None = None
        self.head: TimerHandle | None = self.loop.call_later(HEAD, transport.abort)
        self.idle[self] = None
        if len(self.connections) > MOST:
            longest = next(iter(self.idle))
            del self.idle[longest]
            longest.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._cancel_timer("head")
        self._cancel_timer("stall")
        self.idle.pop(self, None)
        # uvicorn disconnects only the request that was read last.
        for cycle in [self.running, *(cycle for cycle, _ in self.pipeline)]:
            if cycle and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.pipeline.clear()
        super().connection_lost(error)

    # Requests

    def data_received(self, data: bytes) -> None:
        self.beside_bodies += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.beside_bodies > BESIDE_BODIES:
            self.send_400_response("The headers are too large.")
        elif not self.running and not self.head:
            self.head = self.loop.call_later(HEAD, self.transport.abort)

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= HEADERS:
            raise ValueError("Too many headers.")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._cancel_timer("head")
        self.beside_bodies = 0
        self.idle.pop(self, None)
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > BESIDE_BODIES:
            raise ValueError("The headers are too large.")
        if len(self.pipeline) >= PIPELINED:
            raise ValueError("Too many requests wait for their answers.")
        super().on_headers_complete()
        self.headers = []  # the trailers of a chunked body are not headers of the request
        if self.is_ending:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self.beside_bodies -= 2 * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.beside_bodies = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        super().send_400_response(msg)
        self._abort_soon()

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: the request is answered like any other, and clients must not be able to fill the log."""

    # Responses

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self.running = cycle
        cycle.scope["extensions"] = {PUSH: {"push": partial(self._push, cycle)}}
        super()._start_asgi_task(cycle, app)

    def _push(self, cycle: RequestResponseCycle, piece: bytes) -> bool:
        """Send a piece of a chunked response; False if the client has not yet read what was sent before, or is gone."""
        if self.flow.write_paused or cycle.disconnected or cycle.response_complete or not cycle.chunked_encoding:
            return False
        self.transport.write(_as_chunk(piece))
        return True

    def on_response_complete(self) -> None:
        self.running = None
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_soon()
        elif not self.running:
            self.idle[self] = None

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()  # closing it would wait for the client
        super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stall = self.loop.call_later(STALLED, self.transport.abort)

    def resume_writing(self) -> None:
        self._cancel_timer("stall")
        super().resume_writing()

    # Shutdown

    def shutdown(self) -> None:
        """Close after the request in progress, or one that arrives within LAST_CHANCE; end event streams at once."""
        self.is_ending = True
        self.app_state.get("end_streams", lambda: None)()
        if self.running:
            super().shutdown()
        else:
            self.loop.call_later(LAST_CHANCE, self._close_unused)

    def _close_unused(self) -> None:
        if not self.running:
            self.timeout_keep_alive_handler()

    def _abort_soon(self) -> None:
        self.loop.call_later(STALLED, self.transport.abort)

    def _cancel_timer(self, timer: str) -> None:
        if handle := getattr(self, timer):
            handle.cancel()
            setattr(self, timer, None)


@lru_cache(maxsize=8)
def _as_chunk(piece: bytes) -> bytes:
    """The piece as HTTP/1.1 sends it, made once for thousands of connections."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)
