"""The background jobs: recurring work, and recovery from crashes, provider failures and lost mails."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.db.models.functions import Now

from cinema.exceptions.database import is_away
from cinema.jobs.pass_updates import find_changed_passes, push_changes, update_google_passes
from cinema.mail.sending import forget_mails, send_mails
from cinema.models import JobLease
from cinema.services.booking.blocks import apply_all_due_blocks
from cinema.services.booking.expiry import release_all_expired
from cinema.services.booking.passes import forget_passes
from cinema.services.booking.reminders import forget_reminder_stops, remind_of_shows
from cinema.services.booking.waiting import close_waiting_lists, offer_everywhere
from cinema.services.figures.seat_sums import sum_past_weeks
from cinema.services.films.alerts import announce_films, forget_film_alerts
from cinema.services.money.gift_cards import deliver_gift_cards, expire_unpaid_gift_cards
from cinema.services.money.payments import check_due_payments
from cinema.services.money.print_jobs import forget_print_jobs
from cinema.services.money.provider_events import forget_events, handle_due_events
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.reconciliation import reconcile
from cinema.services.money.refunds import send_due_refunds
from cinema.services.orders.parking import forget_parked_sales
from cinema.services.orders.show_cancellations import process_all_cancellations
from cinema.services.people.accounts import forget_email_proofs
from cinema.services.people.failed_tries import forget_failed_tries
from cinema.services.people.fingerprints import forget_keys
from cinema.services.people.mail_requests import forget_mail_requests
from cinema.services.people.shared_browsers import forget_shared_browsers
from cinema.services.privacy.retention import erase_what_is_due
from cinema.services.schedule.archiving import drop_unsold_seats
from cinema.wallet.keys import apple_keys, google_keys

logger = logging.getLogger(__name__)

# Names of leases in the database. The first keeps its former name, by which servers of the version before take it.
JOBS, CLOCK, ERASURE, RECONCILIATION, SEAT_SUMS = "sweep", "clock", "erasure", "reconciliation", "seat sums"
PASSES = "passes"
ERASED_EVERY = timedelta(minutes=10)
SUMMED_EVERY, SUMMED_AGAIN = timedelta(hours=1), timedelta(seconds=10)  # again while there are more weeks
RECONCILED_EVERY, RECONCILED_AGAIN = timedelta(days=1), timedelta(hours=1)  # again if a provider did not answer
PASSES_COMPARED_EVERY = timedelta(minutes=1)
LEAP = timedelta(days=3)  # of the clock: less than archiving.KEPT_FOR, more than a site is usually down
PROBATION = timedelta(days=1)


def run_jobs(*, mails: bool = True) -> dict[str, int | None]:
    """Run every job once; return the number of items each processed, by its name. Safe to call at any time.

    A failed job has None, and the others still run. ``mails=False`` leaves sending to the mail thread.
    Raises the database's error while it is away.
    """
    jobs: dict[str, Callable[[], int]] = {
        "Payments settled": check_due_payments,
        "Provider messages handled": handle_due_events,
        "Shows with seats freed": release_all_expired,
        "Shows with seats blocked or unblocked": apply_all_due_blocks,
        "Cancelled shows continued": process_all_cancellations,
        "Refunds sent": send_due_refunds,
        "Receipts issued": issue_due_receipts,
        "Gift cards mailed": deliver_gift_cards,
        "Gift cards not paid for": expire_unpaid_gift_cards,
        "Parked sales forgotten": forget_parked_sales,
        "Waiting lists closed": close_waiting_lists,
        "Waiting lists with offers": offer_everywhere,
        "Reminders mailed": remind_of_shows,
        "Films announced": announce_films,
        "Mails forgotten": forget_mails,
        "Ended sessions removed": _forget_sessions,
        "Shared browsers forgotten": forget_shared_browsers,
        "Past shows archived": _archive,
        "Personal data erased": _erase,
        "Weeks added up by seat": _sum_weeks,
        "Differences with providers found": _reconcile,
        "Changed tickets in wallets found": _find_changed_passes,
        "Phones notified of changed tickets": push_changes,
        "Tickets changed at Google": update_google_passes,
    }
    if mails:  # last: the relay may be slow, as Apple and Google before it
        jobs["Mails sent"] = send_mails
    return {name: _try(name, job) for name, job in jobs.items()}


def _try(name: str, job: Callable[[], int]) -> int | None:
    try:
        return job()
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("A background job failed: %s.", name)
        return None


def _forget_sessions() -> int:
    return Session.objects.filter(expire_date__lte=Now()).delete()[0]


def _archive() -> int:
    return drop_unsold_seats() if is_clock_steady() else 0


def _erase() -> int:
    if not (take_lease(name=ERASURE, every=ERASED_EVERY) and is_clock_steady()):
        return 0
    forgotten = forget_keys() + forget_email_proofs() + forget_mail_requests() + forget_failed_tries()
    forgotten += forget_reminder_stops() + forget_film_alerts()
    return forgotten + forget_events() + forget_print_jobs() + forget_passes() + erase_what_is_due()


def _reconcile() -> int:
    if not take_lease(name=RECONCILIATION, every=RECONCILED_EVERY):
        return 0
    done = reconcile()
    if not all(result.is_complete for result in done):
        renew_lease(name=RECONCILIATION, every=RECONCILED_AGAIN)
    return sum(result.booked + len(result.differences) for result in done)


def _sum_weeks() -> int:
    if not take_lease(name=SEAT_SUMS, every=SUMMED_EVERY):
        return 0
    done = sum_past_weeks()
    if done:
        renew_lease(name=SEAT_SUMS, every=SUMMED_AGAIN)
    return done


def _find_changed_passes() -> int:
    if not ((apple_keys() or google_keys()) and take_lease(name=PASSES, every=PASSES_COMPARED_EVERY)):
        return 0
    return find_changed_passes()


def is_clock_steady() -> bool:
    """Whether the database's clock has not jumped by LEAP since the last call, nor within PROBATION before that.

    By a clock that is weeks ahead, future shows would be over and their data deleted for good. A site that was down
    for so long waits for PROBATION, too.
    """
    lease = JobLease.objects.filter(name=CLOCK)
    if lease.filter(due_at__gt=Now() - LEAP, due_at__lte=Now()).update(due_at=Now()):
        return True
    JobLease.objects.bulk_create([JobLease(name=CLOCK, due_at=Now() + PROBATION)], ignore_conflicts=True)
    lease.exclude(due_at__gt=Now() - LEAP, due_at__lte=Now() + PROBATION).update(due_at=Now() + PROBATION)
    return False


def take_lease(*, name: str, every: timedelta) -> bool:
    """Take the lease of a job for ``every``; return False if it is not due or another process has the lease.

    A crashed process's lease ends after ``every``, too.
    """
    lease = JobLease.objects.filter(name=name)
    if not lease.exists():
        JobLease.objects.bulk_create([JobLease(name=name, due_at=Now())], ignore_conflicts=True)
    # SQLite uses the process's clock: a time too far ahead was set by a wrong clock, and counts as due.
    due = Q(due_at__lte=Now()) | Q(due_at__gt=Now() + 2 * every)
    return bool(lease.filter(due).update(due_at=Now() + every))


def renew_lease(*, name: str, every: timedelta) -> None:
    """Extend the lease of a job that the caller still runs."""
    JobLease.objects.filter(name=name).update(due_at=Now() + every)
