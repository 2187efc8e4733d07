"""The server does its own housekeeping: every process looks whether it is due, and one of them does it.

Mails are sent by all of them, in a thread beside it: as soon as one is posted in the process, and when others are due.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from django.conf import settings
from django.db import close_old_connections

from cinema.exceptions.database import is_away
from cinema.jobs.jobs import SWEEP, renew_lease, run_jobs, take_lease
from cinema.mail.sending import send_mails
from cinema.services.core.outbox import posted

logger = logging.getLogger(__name__)

LOOKS = 3  # in the time after which a sweep is due
# Seconds. A sweep that is longer at it may wait for ever, for a payment gateway say, and must not keep the other
# processes from theirs. If it merely has much to do, two of them do no harm.
GOES_ON_FOR = 5 * 60


class JobScheduler:
    """Sweeps and sends mails while the server runs, beside the event loop.

    Its threads do not keep the process from its end: what a sweep leaves undone, the next one does.
    """

    def __init__(self) -> None:
        self._stopped = Event()
        self._sweep = Thread()
        self._began = 0.0  # by the monotonic clock
        self._hangs = False
        self._waiting: set[Callable[[], None]] = set()  # what found the database away at its last look

    def start(self) -> None:
        if settings.HOUSEKEEPING_EVERY:
            Thread(target=self._run, name="housekeeping", daemon=True).start()
            Thread(target=self._run_mails, name="mails", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        posted.set()

    def _run(self) -> None:
        pause = settings.HOUSEKEEPING_EVERY.total_seconds() / LOOKS
        while not self._stopped.wait(pause):
            self._safely(self._look)

    def _run_mails(self) -> None:
        while not self._stopped.is_set():
            posted.wait(settings.HOUSEKEEPING_EVERY.total_seconds())
            posted.clear()
            self._safely(self._send_all)

    def _send_all(self) -> None:
        while send_mails() and not self._stopped.is_set():
            pass

    def _look(self) -> None:
        lease = {"name": SWEEP, "every": settings.HOUSEKEEPING_EVERY}
        if not self._sweep.is_alive():
            if take_lease(**lease):
                self._sweep = Thread(target=self._safely, args=[self._sweep_once], name="sweep", daemon=True)
                self._began, self._hangs = monotonic(), False
                self._sweep.start()
        elif monotonic() < self._began + GOES_ON_FOR:
            renew_lease(**lease)
        elif not self._hangs:
            self._hangs = True
            logger.error("The sweep does not end; other processes may begin theirs.")

    def _sweep_once(self) -> None:
        run_jobs(mails=False)

    def _safely(self, work: Callable[[], None]) -> None:
        """Do it with a connection that is good. That the database is away is said once, until it is back; one that
        takes no changes is there for other work."""
        close_old_connections()
        try:
            work()
            self._waiting.discard(work)
        except Exception as error:
            if not is_away(error):
                self._waiting.discard(work)
                logger.exception("The housekeeping failed; it is tried again.")
            elif work not in self._waiting:
                self._waiting.add(work)
                logger.warning("The housekeeping waits for the database.")
        finally:
            close_old_connections()
