"""The server's own jobs: one process runs them at a time, cheaply, and a crashed one does not block the others."""

from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.jobs import jobs, scheduler
from cinema.jobs.jobs import (
    CLOCK,
    PASSES,
    RECONCILIATION,
    SEAT_SUMS,
    is_clock_steady,
    renew_lease,
    run_jobs,
    take_lease,
)
from cinema.jobs.scheduler import JobScheduler
from cinema.mail.sending import send_mails
from cinema.models import JobLease, ShowCancellation, ShowSeat
from cinema.services.core.transactions import try_each
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.reconciliation import Reconciliation
from cinema.services.orders import show_cancellations
from tests.concurrency.harness import race
from tests.factories import ShowFactory, held, sold, starting_in

pytestmark = pytest.mark.django_db

LEASE = {"name": "sweep", "every": timedelta(minutes=1)}
A_MOMENT_AGO = -timedelta(seconds=1)


def due_in(delay: timedelta) -> None:
    JobLease.objects.update(due_at=Now() + delay)


def clock_seen(ago: timedelta) -> None:
    """Let so much time pass since the last check of the clock."""
    JobLease.objects.update_or_create(name=CLOCK, defaults={"due_at": Now() - ago})


def test_a_lease_is_taken_once_and_again_when_it_is_due():
    assert take_lease(**LEASE)
    assert not take_lease(**LEASE)
    due_in(A_MOMENT_AGO)
    assert take_lease(**LEASE)


def test_a_renewed_lease_keeps_others_out():
    assert take_lease(**LEASE)
    due_in(A_MOMENT_AGO)
    renew_lease(**LEASE)
    assert not take_lease(**LEASE)


def test_a_clock_that_was_wrong_does_not_block_a_lease():
    assert take_lease(**LEASE)
    due_in(timedelta(minutes=10))
    assert take_lease(**LEASE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_of_many_processes_at_once_one_gets_the_lease(known):
    if known:
        take_lease(**LEASE)
        due_in(A_MOMENT_AGO)
    assert sum(outcome.value for outcome in race(*[partial(take_lease, **LEASE)] * 6)) == 1


@pytest.mark.django_db(transaction=True)
def test_idle_jobs_need_the_same_queries_however_many_rows_there_are():
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert {name: number for name, number in run_jobs().items() if number} == {}
        return len(captured)

    clock_seen(timedelta(seconds=10))
    run_jobs()  # what is done every few minutes only
    counts = []
    for shows in (1, 3, 30):
        for n in range(shows):
            show = ShowFactory(screen__rows=1, screen__columns=4)
            sold(show, "A1", buyer=f"{n} of {shows}")
            held(show, "A2", buyer=f"{n} of {shows}")
        while send_mails() + issue_due_receipts():
            pass  # each stops after some seconds, in which a busy machine does a part
        counts.append(statements())
    assert len(set(counts)) == 1
    assert counts[0] <= 39


def test_what_waits_for_somebody_else_leaves_the_rest_for_the_next_time():
    assert try_each(lambda item: True, [1, 2, 3], patience=-1) == 0
    assert try_each(lambda item: True, [1, 2, 3], patience=60) == 3


JOBS = [
    "check_due_payments",
    "handle_due_events",
    "release_all_expired",
    "apply_all_due_blocks",
    "process_all_cancellations",
    "send_due_refunds",
    "issue_due_receipts",
    "deliver_gift_cards",
    "expire_unpaid_gift_cards",
    "forget_parked_sales",
    "close_waiting_lists",
    "offer_everywhere",
    "remind_of_shows",
    "announce_films",
    "forget_mails",
    "_forget_sessions",
    "forget_shared_browsers",
    "_archive",
    "_erase",
    "_sum_weeks",
    "_reconcile",
    "_find_changed_passes",
    "push_changes",
    "update_google_passes",
    "send_mails",
]


def test_weeks_are_added_up_every_hour_and_at_once_while_there_are_more(monkeypatch):
    done = [50, 16, 0]
    monkeypatch.setattr(jobs, "sum_past_weeks", lambda: done.pop(0))
    lease = JobLease.objects.filter(name=SEAT_SUMS)

    for left, wait in ((50, timedelta(seconds=10)), (16, timedelta(seconds=10)), (0, timedelta(hours=1))):
        assert [jobs._sum_weeks() for _ in range(2)] == [left, 0]
        lease.update(due_at=F("due_at") - wait + timedelta(seconds=5))
        assert jobs._sum_weeks() == 0
        lease.update(due_at=F("due_at") - timedelta(seconds=6))


def test_all_passes_are_compared_once_a_minute(monkeypatch):
    monkeypatch.setattr(jobs, "find_changed_passes", lambda: 3)
    monkeypatch.setattr(jobs, "google_keys", lambda: True)

    assert [jobs._find_changed_passes() for _ in range(2)] == [3, 0]
    JobLease.objects.filter(name=PASSES).update(due_at=F("due_at") - timedelta(seconds=59))
    assert jobs._find_changed_passes() == 0
    JobLease.objects.filter(name=PASSES).update(due_at=F("due_at") - timedelta(seconds=2))
    assert jobs._find_changed_passes() == 3


@pytest.mark.parametrize(("is_complete", "hours"), [(True, 24), (False, 1)])
def test_providers_are_compared_once_a_day_and_sooner_if_one_did_not_answer(monkeypatch, is_complete, hours):
    done = []

    def reconcile():
        done.append(Reconciliation("stripe", booked=2, is_complete=is_complete))
        return done

    monkeypatch.setattr(jobs, "reconcile", reconcile)
    lease = JobLease.objects.filter(name=RECONCILIATION)

    assert [jobs._reconcile() for _ in range(2)] == [2, 0]
    lease.update(due_at=F("due_at") - timedelta(hours=hours, minutes=-1))
    assert jobs._reconcile() == 0
    lease.update(due_at=F("due_at") - timedelta(minutes=2))
    assert jobs._reconcile() == 4
    assert len(done) == 2


@pytest.mark.parametrize("broken", JOBS)
def test_a_job_that_fails_is_logged_and_the_others_are_done(broken, monkeypatch, caplog):
    done = []
    for job in JOBS:
        monkeypatch.setattr(jobs, job, lambda job=job, **said: done.append(job) or 1)
    monkeypatch.setattr(jobs, broken, lambda **said: 1 / 0)

    figures = list(run_jobs().values())
    assert done == [job for job in JOBS if job != broken]
    assert figures == [None if job == broken else 1 for job in JOBS]
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


def seats_left_of_a_show_long_over() -> int:
    run_jobs()
    return ShowSeat.objects.count()


@pytest.fixture
def long_over():
    starting_in(ShowFactory(screen__plan="aaa"), timedelta(days=-30))


@pytest.mark.parametrize("leap", [timedelta(days=8), timedelta(days=-8)])
def test_after_a_leap_of_the_clock_shows_keep_their_seats_for_a_day(long_over, leap):
    clock_seen(leap)
    assert seats_left_of_a_show_long_over() == 3
    assert seats_left_of_a_show_long_over() == 3
    JobLease.objects.filter(name=CLOCK).update(due_at=F("due_at") - timedelta(hours=23))
    assert seats_left_of_a_show_long_over() == 3
    JobLease.objects.filter(name=CLOCK).update(due_at=F("due_at") - timedelta(hours=2))
    assert seats_left_of_a_show_long_over() == 0


def test_nor_does_it_before_the_clock_is_known_for_a_day(long_over):
    assert seats_left_of_a_show_long_over() == 3
    assert JobLease.objects.get(name=CLOCK).due_at > timezone.now() + timedelta(hours=23)


def test_a_site_that_was_away_for_a_night_goes_on_at_once(long_over):
    clock_seen(timedelta(hours=12))
    assert seats_left_of_a_show_long_over() == 0


def test_a_leap_is_noticed_however_short_ago_the_clock_was_right(long_over):
    clock_seen(timedelta(seconds=10))
    assert is_clock_steady()
    clock_seen(timedelta(days=8))
    assert not is_clock_steady()
    clock_seen(timedelta(days=-10))  # it was put right
    assert not is_clock_steady()
    assert JobLease.objects.get(name=CLOCK).due_at < timezone.now() + timedelta(days=1, minutes=1)


def test_an_unavailable_database_ends_the_run_of_jobs(monkeypatch):
    def fail(**said):
        raise OperationalError("nobody there")

    monkeypatch.setattr(jobs, "check_due_payments", fail)
    monkeypatch.setattr(jobs, "release_all_expired", lambda: pytest.fail("It went on."))
    with pytest.raises(OperationalError):
        run_jobs()


def test_a_failing_show_cancellation_does_not_stop_the_others(monkeypatch, caplog):
    first, second = shows = ShowFactory(), ShowFactory()
    for show in shows:
        ShowCancellation.objects.create(show=show, remedy="REFUND", reason="Power cut", created_at=timezone.now())
    gone_on = []

    def process(*, cancellation):
        gone_on.append(cancellation.show)
        return 1 / 0 if cancellation.show == first else 1

    monkeypatch.setattr(show_cancellations, "process_cancellation", process)
    assert show_cancellations.process_all_cancellations() == 1
    assert gone_on == [first, second]


def test_jobs_that_do_not_end_keep_the_lease_for_some_minutes_only(monkeypatch, caplog):
    now, kept, end = [0.0], [], Event()
    monkeypatch.setattr(scheduler, "monotonic", lambda: now[0])
    monkeypatch.setattr(scheduler, "take_lease", lambda **lease: True)
    monkeypatch.setattr(scheduler, "renew_lease", lambda **lease: kept.append(now[0]))
    monkeypatch.setattr(scheduler, "run_jobs", lambda **how: end.wait())
    keeper = JobScheduler()
    for now[0] in (0.0, 60.0, 299.0, 301.0, 600.0):
        keeper._run_if_due()
    end.set()

    assert kept == [60.0, 299.0]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_database_that_is_away_is_said_once_and_again_after_it_was_back(monkeypatch, caplog):
    def fail(**lease):
        raise OperationalError("nobody there")

    keeper = JobScheduler()
    with monkeypatch.context() as away:
        away.setattr(scheduler, "take_lease", fail)
        for _ in range(3):
            keeper._safely(keeper._run_if_due)
            keeper._safely(lambda: None)  # other work that only reads
    assert [record.exc_info for record in caplog.records] == [None]
    monkeypatch.setattr(scheduler, "take_lease", lambda **lease: False)
    keeper._safely(keeper._run_if_due)
    monkeypatch.setattr(scheduler, "take_lease", fail)
    keeper._safely(keeper._run_if_due)
    assert len(caplog.records) == 2


@pytest.mark.django_db(transaction=True)
def test_a_database_that_lacks_a_table_is_there_and_what_it_says_is_logged_each_time(monkeypatch, caplog):
    def forget_to_migrate(**lease):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM not_migrated")

    monkeypatch.setattr(scheduler, "take_lease", forget_to_migrate)
    keeper = JobScheduler()
    for _ in range(2):
        keeper._safely(keeper._run_if_due)
    assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [("ERROR", True)] * 2


def test_a_server_whose_housekeeping_is_off_starts_no_thread(monkeypatch, settings):
    settings.HOUSEKEEPING_EVERY = timedelta(0)
    keeper = JobScheduler()
    monkeypatch.setattr(scheduler, "Thread", lambda **said: pytest.fail("A thread was started."))
    keeper.start()
