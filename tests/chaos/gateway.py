"""The test gateway's webhooks: out of order, doubled, delayed, or missing; and the mails that contain a secret."""

import heapq
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from urllib.parse import urlsplit

from django.db import Error, connection

from tests.chaos.books import Charged
from tests.chaos.history import BROKEN, Over, now
from tests.chaos.wire import Line, Reply

COPIES, HOW_OFTEN = [0, 1, 2, 3], [15, 55, 20, 10]
SOON, LATE = 0.3, 8.0  # seconds, on average
PAUSE = 0.05


class Mailbox:
    """The mails that buyers get."""

    calm = False  # while it is, nothing goes wrong

    def letter_to(self, email: str) -> str:
        """The code in the mail to a waiting-list entry; "" while there is none, or the database is away."""
        from cinema.models import WaitingEntry

        try:
            return WaitingEntry.objects.filter(email=email).values_list("code", flat=True).first() or ""
        except Error:
            return ""
        finally:
            connection.close()


class Gateway(Mailbox):
    """The test gateway. Delivers webhooks in its own thread, with the charge's state at delivery."""

    modes: Sequence[str] = ("UPI",)
    decisions = (["pay", "late", "decline"], [80, 8, 12])
    twice = 0  # percent of the buyers open a second page
    hits: Sequence[float] = ()  # it has no trouble
    done: Counter[str] = Counter()

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.line: Line | None = None
        self.due: list[tuple[float, str]] = []
        self.lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """It is a part of the cinema."""
        yield {}

    def reference(self, reply: Reply | str) -> str:
        """The payment whose page a URL is; "" for none."""
        parts = urlsplit(reply if isinstance(reply, str) else reply.url).path.split("/")
        return parts[2] if len(parts) > 3 and parts[1] == "sandbox" else ""

    def decide(self, line: Line, url: str, decision: str) -> bool:
        """Do on the page what the buyer has decided; return whether there was an answer."""
        reference = self.reference(url)
        asked = {"payment": reference, "decision": decision}
        decided = line.ask("at the gateway", f"/sandbox/{reference}/", {"decision": decision}, asked=asked)
        self.report(reference)
        return decided.status != BROKEN

    def report(self, reference: str) -> None:
        """Plan the webhooks after a decision about a charge."""
        with self.lock:
            for _ in range(self.rng.choices(COPIES, HOW_OFTEN)[0]):
                delay = self.rng.expovariate(1 / (LATE if self.rng.random() < 0.3 else SOON))
                heapq.heappush(self.due, (now() + delay, reference))

    def work(self, stop: threading.Event) -> None:
        """Deliver until the run is over."""
        try:
            while not stop.is_set():
                self.deliver_due()
                time.sleep(PAUSE)
        except Over:
            return
        finally:
            connection.close()

    def deliver_due(self) -> None:
        while (reference := self._next(now())) and (message := self._message(reference)):
            body, headers = message
            self.line.ask("webhook", "/payments/webhook/sandbox/", body, headers=headers, asked={"payment": reference})

    def _next(self, until: float) -> str:
        with self.lock:
            return heapq.heappop(self.due)[1] if self.due and self.due[0][0] <= until else ""

    def _message(self, reference: str) -> tuple[bytes, dict[str, str]] | None:
        """The signed webhook; None for an undecided charge, or while the database is away."""
        from cinema.gateways.sandbox import webhook
        from cinema.models import SandboxCharge

        try:
            charge = SandboxCharge.objects.exclude(status=SandboxCharge.Status.OPEN).filter(reference=reference).first()
        except Error:
            connection.close()
            return None
        return webhook(charge) if charge else None

    def close(self) -> None:
        """The gateway is silent no longer about what it reports late."""
        from django.db.models.functions import Now

        from cinema.models import SandboxCharge

        SandboxCharge.objects.filter(report_at__gt=Now()).update(report_at=Now())

    def charges(self) -> dict[str, Charged]:
        """Its books, by the cinema's name of each payment."""
        from cinema.models import SandboxCharge

        rows = SandboxCharge.objects.values_list("reference", "status", "amount", "refunds")
        return {
            code: Charged(status, amount, {key: Decimal(value) for key, value in refunds.items()}, "sandbox", [])
            for code, status, amount, refunds in rows
        }

    def pay_out(self) -> None:
        """No money moves."""

    def balances(self) -> dict[str, Decimal]:
        """What providers owe the cinema: nothing is known."""
        return {}
