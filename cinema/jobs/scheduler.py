"""The scheduler of background jobs inside the server: every process checks whether they are due, and one runs them.

Mails are sent by every process, in a thread of their own: as soon as it has queued one, and when others are due.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from django.conf import settings
from django.db import close_old_connections

from cinema.exceptions.database import is_away
from cinema.jobs.jobs import JOBS, renew_lease, run_jobs, take_lease
from cinema.mail.sending import send_mails
from cinema.services.core.outbox import posted

logger = logging.getLogger(__name__)

CHECKS = 3  # in each HOUSEKEEPING_EVERY
# Seconds for which a run renews its lease. A longer one may be stuck, for instance in a call to a payment provider, and
# must not block the other processes. Two runs at once do no harm.
LEASED_FOR = 5 * 60


class JobScheduler:
    """Runs the jobs and sends mails in threads beside the event loop.

    Its threads are daemons and end with the process: the next run continues where an interrupted one stopped.
    """

    def __init__(self) -> None:
        self._stopped = Event()
        self._jobs = Thread()
        self._began = 0.0  # by the monotonic clock
        self._hangs = False
        self._waiting: set[Callable[[], None]] = set()  # work whose last try found the database away

    def start(self) -> None:
        if settings.HOUSEKEEPING_EVERY:
            Thread(target=self._run, name="housekeeping", daemon=True).start()
            Thread(target=self._run_mails, name="mails", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        posted.set()

    def _run(self) -> None:
        pause = settings.HOUSEKEEPING_EVERY.total_seconds() / CHECKS
        while not self._stopped.wait(pause):
            self._safely(self._run_if_due)

    def _run_mails(self) -> None:
        while not self._stopped.is_set():
            posted.wait(settings.HOUSEKEEPING_EVERY.total_seconds())
            posted.clear()
            self._safely(self._send_all)

    def _send_all(self) -> None:
        while send_mails() and not self._stopped.is_set():
            pass

    def _run_if_due(self) -> None:
        every = settings.HOUSEKEEPING_EVERY
        if not self._jobs.is_alive():
            if take_lease(name=JOBS, every=every):
                self._jobs = Thread(target=self._safely, args=[self._run_once], name="jobs", daemon=True)
                self._began, self._hangs = monotonic(), False
                self._jobs.start()
        elif monotonic() < self._began + LEASED_FOR:
            renew_lease(name=JOBS, every=every)
        elif not self._hangs:
            self._hangs = True
            logger.error("The background jobs do not finish; other processes may start theirs.")

    def _run_once(self) -> None:
        run_jobs(mails=False)

    def _safely(self, work: Callable[[], None]) -> None:
        """Call ``work`` with a usable connection, and log its errors.

        An unavailable database is logged once for each kind of work until that succeeds again: a read-only database
        still serves work that only reads.
        """
        close_old_connections()
        try:
            work()
            self._waiting.discard(work)
        except Exception as error:
            if not is_away(error):
                self._waiting.discard(work)
                logger.exception("The background jobs failed and will be retried.")
            elif work not in self._waiting:
                self._waiting.add(work)
                logger.warning("The background jobs are waiting for the database.")
        finally:
            close_old_connections()
