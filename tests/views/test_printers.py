"""Receipt printers, as one of them sees us: an emulator of ours over real HTTP."""

from datetime import timedelta

import pytest
import requests
from django.urls import reverse

from cinema.exceptions import PrintJobSettled
from cinema.models import CounterAction, FailedTry, Printer, PrintJob
from cinema.selectors.money.printers import jobs_to_decide, printer_of
from cinema.services.money.counter_actions import Permission
from cinema.services.money.print_jobs import forget_print_jobs
from cinema.services.money.printers import (
    forget_waiting,
    open_drawer,
    print_anyway,
    queue_copy,
    remove_printer,
    save_printer,
)
from cinema.services.money.tills import Closing, close_till, count_drawer
from tests.factories import MANAGER, ShowFactory, counter_sale, paid_at_till, sold_at_till, staff, till_session
from tests.fakes.printer import DOWNLOAD_FAILED, OK, PAPER_OUT, FakePrinter

pytestmark = pytest.mark.django_db(transaction=True)

State = PrintJob.State


def again(till: "Till", key: str, reason: str = "LOST") -> Permission:
    """The seller prints something again."""
    return Permission(till.seller, till.seller, reason, key)


class Till:
    """A till whose printer is plugged in."""

    def __init__(self, site: str, show, **more) -> None:
        self.show = show
        self.session = till_session(show.screen.theatre, **more)
        self.seller = self.session.opened_by
        secret = save_printer(till=self.session.till, name="Star", by=self.seller)
        self.printer = FakePrinter(site + reverse("printer", args=[secret]))

    def sell(self, names: str, mode: str = "CASH") -> PrintJob:
        ticket = sold_at_till(self.session, self.show, names, mode, **({"reference": "T 1"} if mode != "CASH" else {}))
        return PrintJob.objects.get(order=ticket.order)

    def to_decide(self) -> list[PrintJob]:
        return jobs_to_decide(printer_of(self.session.till_id))


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaaa")


@pytest.fixture
def till(live_server, show):
    return Till(live_server.url, show)


def state(job: PrintJob) -> str:
    job.refresh_from_db()
    return job.state


def ago(minutes: float, *jobs: PrintJob) -> None:
    """As if what is known of these jobs had happened so many minutes earlier."""
    for job in jobs:
        job.refresh_from_db()
        for name in ("created_at", "until", "fetched_at"):
            if moment := getattr(job, name):
                setattr(job, name, moment - timedelta(minutes=minutes))
        job.save()


def test_a_sale_is_printed_once_and_opens_the_drawer_for_cash(till):
    job = till.sell("A1 A2")

    assert till.printer.work()
    assert not till.printer.work()
    assert state(job) == State.PRINTED
    [slip] = till.printer.paper
    assert (slip.mode, slip.width) == ("1", 576)
    assert till.printer.kicks == 1


def test_a_sale_by_card_leaves_the_drawer_shut(till):
    till.sell("A1", "TERMINAL")

    assert till.printer.work()
    assert till.printer.kicks == 0


def test_a_sale_that_is_paid_in_parts_is_printed_at_the_last(till):
    sale = counter_sale(till.session, till.show, "A1 A2")
    paid_at_till(till.session, sale, amount=200)
    assert not till.printer.work()
    paid_at_till(till.session, sale, "TERMINAL", reference="T 1")

    assert till.printer.work()
    assert till.printer.kicks == 1


def test_what_is_fetched_twice_is_handed_out_once_and_perhaps_printed(till):
    job = till.sell("A1")
    token = till.printer.poll()["jobToken"]

    assert till.printer.fetch(token).status_code == 200
    assert till.printer.fetch(token).status_code == 404
    assert state(job) == State.UNSURE
    till.printer.confirm(token, DOWNLOAD_FAILED)  # of the second time: the first may have been printed
    assert state(job) == State.UNSURE


def test_what_is_confirmed_twice_is_printed_once(till):
    job = till.sell("A1")
    token = till.printer.poll()["jobToken"]
    till.printer.fetch(token)

    assert [till.printer.confirm(token, OK).status_code for _ in range(2)] == [200, 200]
    assert state(job) == State.PRINTED


def test_a_lost_confirmation_asks_the_seller_and_prints_nothing_by_itself(till):
    till.printer.loses_confirmations = True
    job = till.sell("A1")

    assert till.printer.work()
    assert not till.printer.work()
    assert state(job) == State.UNSURE
    ago(1, job)
    assert till.to_decide() == [job]
    print_anyway(job=job, till=till.session, by=till.seller)
    assert till.printer.work()
    assert len(till.printer.paper) == 2
    assert CounterAction.objects.get().kind == CounterAction.Kind.REPRINT


def test_a_confirmation_that_comes_late_settles_it(till):
    job = till.sell("A1")
    token = till.printer.poll()["jobToken"]
    till.printer.fetch(token)
    till.printer.poll()
    assert state(job) == State.UNSURE

    till.printer.confirm(token, OK)

    assert state(job) == State.PRINTED
    with pytest.raises(PrintJobSettled):
        print_anyway(job=job, till=till.session, by=till.seller)


def test_of_two_sellers_one_decides(till):
    till.printer.loses_confirmations = True
    job = till.sell("A1")
    till.printer.work()
    till.printer.poll()
    ago(1, job)

    print_anyway(job=job, till=till.session, by=till.seller)

    with pytest.raises(PrintJobSettled):
        print_anyway(job=job, till=till.session, by=till.seller)
    assert PrintJob.objects.filter(state=State.WAITING).count() == 1


def test_while_it_prints_a_printer_may_poll(till):
    job = till.sell("A1")
    token = till.printer.poll()["jobToken"]
    till.printer.fetch(token)

    assert till.printer.poll(printingInProgress=True) == {"jobReady": False}
    assert state(job) == State.FETCHED


def test_a_printer_that_vanishes_with_a_job_leaves_the_decision_to_the_seller(till):
    job = till.sell("A1")
    till.printer.fetch(till.printer.poll()["jobToken"])
    assert till.to_decide() == []

    ago(2, job)

    assert till.to_decide() == [job]


def test_a_printer_that_was_off_for_two_minutes_catches_up(till):
    job = till.sell("A1")
    ago(2, job)

    assert till.printer.work()
    assert till.printer.kicks == 0  # nobody stands at the drawer any more


def test_a_printer_that_was_off_for_an_hour_waits_for_decisions(till):
    wanted, unwanted = till.sell("A1"), till.sell("A2")
    ago(60, wanted, unwanted)

    assert not till.printer.work()
    assert till.to_decide() == [wanted, unwanted]
    print_anyway(job=wanted, till=till.session, by=till.seller)
    assert till.printer.work()
    assert not till.printer.work()
    assert (state(wanted), till.printer.kicks) == (State.PRINTED, 0)
    assert not CounterAction.objects.exists()  # it is printed for the first time


def test_a_day_later_nothing_is_known_of_a_job(till):
    job, later = till.sell("A1"), till.sell("A2")
    ago(24 * 60 + 1, job)

    assert forget_print_jobs() == 1
    assert PrintJob.objects.get() == later


def test_a_manager_forgets_what_waits(till):
    job = till.sell("A1")

    assert forget_waiting(printer=Printer.objects.get(), by=till.seller) == 1
    assert not till.printer.work()
    assert state(job) == State.DROPPED


def test_a_printer_without_paper_is_reported_and_prints_later(till):
    job = till.sell("A1")
    till.printer.status = PAPER_OUT

    assert not till.printer.work()
    assert Printer.objects.get().status == "410 Paper out"
    till.printer.status = OK
    assert till.printer.work()
    assert state(job) == State.PRINTED


def test_two_printers_print_what_is_theirs(till, live_server, show):
    other = Till(live_server.url, show, name="Bar")
    mine, theirs = till.sell("A1"), other.sell("A2")

    assert till.printer.fetch(theirs.code).status_code == 404
    assert till.printer.confirm(theirs.code, OK).status_code == 404
    assert till.printer.work()
    assert not till.printer.work()
    assert other.printer.work()
    assert (state(mine), state(theirs)) == (State.PRINTED, State.PRINTED)


def test_two_printers_with_one_address_print_a_job_once(till):
    twin = FakePrinter(till.printer.url, mac="00:11:62:aa:bb:cc")
    till.sell("A1")
    token = twin.poll()["jobToken"]

    assert till.printer.work()
    assert not twin.print(token)


def test_a_format_that_we_cannot_serve_is_told_to_the_seller(till):
    till.printer.media = ("application/vnd.star.line",)
    job = till.sell("A1")

    assert till.printer.fetch(till.printer.poll()["jobToken"], "text/plain").status_code == 415
    assert not till.printer.work()
    assert state(job) == State.FAILED
    assert till.to_decide() == [job]


def test_old_firmware_names_no_job(till):
    first, second = till.sell("A1"), till.sell("A2")

    assert till.printer.print("")
    assert (state(first), state(second)) == (State.PRINTED, State.WAITING)


def test_an_unknown_address_is_404_and_429_after_many_tries(till, show):
    unknown = FakePrinter(till.printer.url[:-1])
    for method in (requests.post, requests.get, requests.delete):
        assert method(unknown.url, timeout=10).status_code == 404
    first = FailedTry.objects.first()
    FailedTry.objects.bulk_create(FailedTry(kind=first.kind, origin=first.origin, at=first.at) for _ in range(20))

    refused = requests.post(unknown.url, timeout=10)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert till.printer.poll() == {"jobReady": False}  # which a right one does not notice


def test_a_new_address_ends_the_old_one_and_a_removed_printer_all(till):
    old, till_of_it = till.printer.url, till.session.till
    secret = save_printer(till=till_of_it, name="Star", by=till.seller, renew=True)
    assert requests.post(old, json={}, timeout=10).status_code == 404
    new = till.printer.url = old[: old.rindex("/") + 1] + secret
    assert till.printer.poll() == {"jobReady": False}

    remove_printer(printer=Printer.objects.get(), by=till.seller)

    assert requests.post(new, json={}, timeout=10).status_code == 404


def test_nonsense_from_a_printer_is_400_and_too_much_of_it_413(till, client):
    url = till.printer.path
    for body in (b"", b"[]", b"{", b"\xff", b"1" * 5000, b"[" * 9000):
        assert client.post(url, body, "application/json").status_code == 400, body[:9]
    assert client.post(url, b" " * 20_000, "application/json").status_code == 413


def test_any_status_is_taken(till):
    for status in (None, 200, {"a": 1}, "x" * 500, "200%00\r\nOK", "\ud800"):
        assert till.printer.poll(statusCode=status) == {"jobReady": False}


def test_a_null_character_names_no_job(till, client):
    till.sell("A1")
    assert client.get(till.printer.path, {"token": "\0a"}).status_code == 404
    assert client.delete(till.printer.path + "?token=%00a&code=200").status_code == 404


def test_a_poll_costs_two_statements_however_much_was_printed(till, client, django_assert_num_queries):
    for names in ("A1", "A2", "A3"):
        till.sell(names)
        till.printer.work()
        with django_assert_num_queries(2):
            client.post(till.printer.path, {"statusCode": OK}, "application/json")


def test_nobody_has_a_session_and_nothing_is_cached(till, client):
    answer = client.post(till.printer.path, b"{}", "application/json")

    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_tickets_printed_again_replace_a_waiting_job_or_are_counted(till):
    job = till.sell("A1 A2")

    queue_copy(session=till.session, order=job.order, permission=again(till, "copy 1", ""))
    assert till.printer.work()
    assert not till.printer.work()
    assert (state(job), till.printer.kicks, CounterAction.objects.count()) == (State.DROPPED, 0, 0)

    queue_copy(session=till.session, order=job.order, permission=again(till, "copy 2"))
    assert till.printer.work()
    assert CounterAction.objects.get().seats == 2
    with pytest.raises(PrintJobSettled):  # nothing waits any more, so a reason is needed
        queue_copy(session=till.session, order=job.order, permission=again(till, "copy 3", ""))
    assert not till.printer.work()


def test_a_supervisor_opens_the_drawer_and_a_slip_says_so(till, show):
    boss = staff(show.screen.theatre, MANAGER)
    open_drawer(session=till.session, by=till.seller, supervisor=boss, reason="Change", key="a drawer's key")

    assert till.printer.work()
    assert till.printer.kicks == 1


def test_a_drawer_is_not_opened_later(till, show):
    open_drawer(session=till.session, by=till.seller, supervisor=till.seller, reason="Change", key="a drawer's key")
    ago(2, PrintJob.objects.get())

    assert not till.printer.work()
    assert till.to_decide() == []


def test_the_z_report_is_printed_when_a_till_is_closed(till, show):
    till.sell("A1")
    till.printer.work()
    count_drawer(theatre=show.screen.theatre, code=till.session.code, counts={"100": 1}, by=till.seller)
    witness = staff(show.screen.theatre, MANAGER)

    close_till(theatre=show.screen.theatre, code=till.session.code, closing=Closing(till.seller, "no idea", witness))

    assert till.printer.work()
    assert len(till.printer.paper) == 2
