"""The test gateway's webhooks: out of order, doubled, delayed, or missing; and the mails that contain a secret."""

import heapq
import threading
import time
from random import Random

from django.db import Error, connection

from tests.chaos.history import Over, now
from tests.chaos.wire import Line

COPIES, HOW_OFTEN = [0, 1, 2, 3], [15, 55, 20, 10]
SOON, LATE = 0.3, 8.0  # seconds, on average
PAUSE = 0.05


class Gateway:
    """Delivers webhooks in its own thread, with the charge's state at delivery."""

    def __init__(self, line: Line, rng: Random) -> None:
        self.line, self.rng = line, rng
        self.due: list[tuple[float, str]] = []
        self.lock = threading.Lock()

    def report(self, reference: str) -> None:
        """Plan the webhooks after a decision about a charge."""
        with self.lock:
            for _ in range(self.rng.choices(COPIES, HOW_OFTEN)[0]):
                delay = self.rng.expovariate(1 / (LATE if self.rng.random() < 0.3 else SOON))
                heapq.heappush(self.due, (now() + delay, reference))

    def letter_to(self, email: str) -> str:
        """The code in the mail to a waiting-list entry; "" while there is none, or the database is away."""
        from cinema.models import WaitingEntry

        try:
            return WaitingEntry.objects.filter(email=email).values_list("code", flat=True).first() or ""
        except Error:
            return ""
        finally:
            connection.close()

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
