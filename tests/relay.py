"""A mail relay for tests that rejects mails, hangs or is away."""

import asyncio
import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HANG = "hang"
OK = "250 OK"


class Relay:
    """A relay that listens while it is ``open``.

    ``says`` are its replies to recipients, one for each attempt, and then OK; HANG is no reply. ``taken`` are the
    accepted mails with their recipients.
    """

    def __init__(self) -> None:
        self.port = _free_port()
        self.says: defaultdict[str, list[str]] = defaultdict(list)
        self.says_in_the_end: dict[str, str] = {}  # once it has the whole mail
        self.to_sender = OK
        self.taken: list[tuple[str, EmailMessage]] = []
        self.asked: list[str] = []
        self.connections = 0

    @contextmanager
    def open(self) -> Iterator[None]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        self.connections = 0  # aiosmtpd itself looks whether it listens
        try:
            yield
        finally:
            controller.stop()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_sender == OK:
            envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        said = self.says[address].pop(0) if self.says[address] else OK
        if said == HANG:
            await asyncio.sleep(60)
        if said == OK:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [recipient] = envelope.rcpt_tos
        said = self.says_in_the_end.get(recipient, OK)
        if said == OK:
            self.taken.append((recipient, message_from_bytes(envelope.content, policy=policy.default)))
        return said

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _message in self.taken]


@contextmanager
def silent_relay() -> Iterator[tuple[int, list[Any]]]:
    """The port of a server that accepts connections and never replies, and the connections so far."""
    came: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def look() -> list[Any]:
            while True:
                try:
                    came.append(server.accept())
                except BlockingIOError:
                    return came

        yield server.getsockname()[1], look
        for line, _address in look():
            line.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
