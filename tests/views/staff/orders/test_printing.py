"""The pages about receipt printers: of a seller at the counter, and of a manager."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.models import AuditEvent, CounterAction, Printer, PrintJob, TillSession
from cinema.selectors.money.tills import report_of
from cinema.services.money.print_jobs import fetch, poll
from cinema.services.money.printers import save_printer
from cinema.services.money.tills import Closing, close_till, count_drawer
from cinema.services.people.pins import set_pin
from tests.factories import BOX_OFFICE, MANAGER, ShowFactory, counter_sale, paid_at_till, staff, till_session
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

State = PrintJob.State


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaaa")


@pytest.fixture
def theatre(show):
    return show.screen.theatre


@pytest.fixture
def boss(theatre):
    return staff(theatre, MANAGER)


@pytest.fixture
def seller(theatre, client):
    user = staff(theatre, BOX_OFFICE)
    client.force_login(user)
    return user


@pytest.fixture
def session(theatre, seller):
    return till_session(theatre, seller)


@pytest.fixture
def printer(session, boss):
    save_printer(till=session.till, name="Star", by=boss)
    Printer.objects.update(seen_at=Now(), status="200 OK")
    return Printer.objects.get()


def url(theatre, name, *more) -> str:
    return reverse(f"staff-{name}", args=[theatre.slug, *more])


def sell(session, show, names="A1") -> PrintJob | None:
    payment = paid_at_till(session, counter_sale(session, show, names, buyer=names))
    return PrintJob.objects.filter(order=payment.order).first()


def unsure(job, printer) -> None:
    """Fetched a while ago, and never confirmed."""
    polled = Printer.objects.annotate(now=Now()).get(pk=printer.pk)
    fetch(printer=polled, code=job.code)
    poll(printer=polled, status="200 OK", printing=False)
    PrintJob.objects.filter(pk=job.pk).update(fetched_at=Now() - timedelta(minutes=1))


def test_a_manager_gives_a_till_a_printer_whose_address_is_shown_once(client, theatre, session, boss):
    client.force_login(boss)
    page = url(theatre, "tills-printer", session.till_id)

    made = client.post(page, {"name": "Star"})

    assert made.status_code == 201
    [address] = re.findall(r"/printers/([\w-]{43})</code>", made.content.decode())
    assert client.post(reverse("printer", args=[address]), b"{}", "application/json").json() == {"jobReady": False}
    assert address not in client.get(page).content.decode()
    assert client.post(page, {"name": "Star 2"}, follow=True).status_code == 200
    assert Printer.objects.get().name == "Star 2"


def test_a_new_address_replaces_the_old_one(client, theatre, session, printer, boss):
    client.force_login(boss)
    before = printer.digest

    renewed = client.post(url(theatre, "tills-printer", session.till_id), {"renew": "1"})

    assert renewed.status_code == 201
    assert Printer.objects.get().digest != before


def test_a_manager_forgets_waiting_jobs_and_removes_the_printer(client, theatre, session, show, printer, boss):
    job = sell(session, show)
    client.force_login(boss)
    page = url(theatre, "tills-printer", session.till_id)
    assert "Waiting jobs 1" in text(client.get(page))

    assert "1 waiting job is forgotten." in text(client.post(page, {"forget": "1"}, follow=True))
    job.refresh_from_db()
    assert job.state == State.DROPPED
    assert "The printer is removed." in text(client.post(page, {"remove": "1"}, follow=True))
    assert not Printer.objects.exists()


def test_a_name_is_needed(client, theatre, session, boss):
    client.force_login(boss)
    assert client.post(url(theatre, "tills-printer", session.till_id), {"name": ""}).status_code == 400


def test_the_browser_prints_nothing_by_itself_at_a_till_with_a_printer(client, theatre, session, show, printer):
    job = sell(session, show)
    code = job.order.payments.get().code

    page = client.get(url(theatre, "sell"), {"done": code})

    assert "They are printed at Star." in text(page)
    assert 'data-sell="print"' not in page.content.decode()


def test_without_a_printer_no_job_is_made_and_the_browser_prints(client, theatre, session, show):
    assert sell(session, show) is None
    page = client.get(url(theatre, "sell-printer"), follow=True)
    assert page.redirect_chain


def test_a_sale_costs_one_statement_more_with_a_printer(theatre, session, show, printer):
    counts = []
    for one, names in ((till_session(theatre, name="Bar"), "A1"), (session, "A2")):
        sale = counter_sale(one, show, names, buyer=names)
        with CaptureQueriesContext(connection) as queries:
            paid_at_till(one, sale)
        counts.append(len(queries))
    assert counts[1] == counts[0] + 1


def test_a_seller_decides_about_what_was_perhaps_printed(client, theatre, session, show, printer):
    again, left = sell(session, show, "A1"), sell(session, show, "A2")
    for job in (again, left):
        unsure(job, printer)
    page = text(client.get(url(theatre, "sell-printer")))
    assert page.count("Perhaps printed") == 2

    client.post(url(theatre, "sell-printer-decide", again.code))
    client.post(url(theatre, "sell-printer-decide", left.code), {"drop": "1"})

    assert "Everything is printed." in text(client.get(url(theatre, "sell-printer")))
    assert [job.order for job in PrintJob.objects.filter(state=State.WAITING)] == [again.order]
    assert CounterAction.objects.get().reason == "UNCONFIRMED"
    twice = client.post(url(theatre, "sell-printer-decide", again.code), follow=True)
    assert "This was settled in the meantime." in text(twice)


def test_what_is_printed_again_after_the_z_report_does_not_alter_it(client, theatre, session, show, printer, boss):
    job = sell(session, show)
    unsure(job, printer)
    count_drawer(theatre=theatre, code=session.code, counts={"50": 7}, by=boss)
    close_till(theatre=theatre, code=session.code, closing=Closing(boss))

    client.post(url(theatre, "sell-printer-decide", job.code))

    assert CounterAction.objects.get().session is None
    assert not report_of(TillSession.objects.get()).actions


def test_the_counter_gets_news_of_its_printer_only_when_there_is_some(client, theatre, session, show, printer):
    htmx = {"HTTP_HX_REQUEST": "true"}
    news = client.get(url(theatre, "sell-printer"), **htmx)
    assert "<html" not in news.content.decode()
    [known] = re.findall(r"known=(\w+)", news.content.decode())

    assert client.get(url(theatre, "sell-printer"), {"known": known}, **htmx)["HX-Reswap"] == "none"
    Printer.objects.update(status="410 Paper out")
    assert "Star reports: 410 Paper out." in text(client.get(url(theatre, "sell-printer"), {"known": known}, **htmx))


def test_a_printer_that_is_off_is_named(client, theatre, session, printer):
    Printer.objects.update(seen_at=Now() - timedelta(minutes=5))
    assert "Star does not answer." in text(client.get(url(theatre, "sell-printer")))


def test_tickets_printed_in_the_browser_instead_are_not_counted(client, theatre, session, show, printer, boss):
    job = sell(session, show)
    page = url(theatre, "sell-reprint", job.order.reference)
    assert "Reason" not in text(client.get(page))

    paper = client.post(page, {"key": "a key of 16 chars"})

    assert "data-print-now" in paper.content.decode()
    job.refresh_from_db()
    assert (job.state, CounterAction.objects.count()) == (State.DROPPED, 0)
    assert client.post(page, {"key": "another key of 16"}).status_code == 400  # now a reason is needed
    client.force_login(boss)
    client.post(page, {"key": "another key of 16", "reason": "UNREADABLE"})
    assert CounterAction.objects.get().reason == "UNREADABLE"
    assert client.post(page, {"key": ""}).status_code == 400


def test_tickets_are_printed_again_at_the_printer(client, theatre, session, show, printer, boss):
    job = sell(session, show)
    unsure(job, printer)
    client.force_login(boss)
    page = url(theatre, "sell-reprint", job.order.reference)
    assert "Print at Star" in text(client.get(page))

    for _ in range(2):  # two clicks
        said = {"printer": "1", "key": "a key of 16 chars", "reason": "LOST"}
        assert "They are printed in a moment." in text(client.post(page, said, follow=True))

    assert PrintJob.objects.filter(kind=PrintJob.Kind.COPY, state=State.WAITING).count() == 1
    assert CounterAction.objects.count() == 1


def test_a_drawer_opens_with_the_pin_of_a_supervisor(client, theatre, session, printer, boss):
    set_pin(theatre=theatre, user=boss, pin="4711", by=boss)
    page = url(theatre, "sell-drawer")
    said = {"reason": "Change", "supervisor": boss.pk, "pin": "0815", "key": "a key of 16 chars"}
    assert client.get(page).status_code == 200
    assert "This PIN is wrong." in text(client.post(page, said))
    assert not PrintJob.objects.exists()

    for _ in range(2):  # two clicks
        client.post(page, said | {"pin": "4711"})

    assert PrintJob.objects.get().drawer
    event = AuditEvent.objects.filter(reason="Change").get()
    assert event.details["allowed_by"] == boss.pk


def closed(theatre, session, boss) -> None:
    count_drawer(theatre=theatre, code=session.code, counts={"50": 2}, by=boss)
    close_till(theatre=theatre, code=session.code, closing=Closing(boss))


def test_a_manager_prints_a_copy_of_a_z_report(client, theatre, session, printer, boss):
    page, said = url(theatre, "tills-report-print", session.code), {"key": "a key of 16 chars"}
    client.force_login(boss)
    assert client.post(page, said).status_code == 404  # it is open
    closed(theatre, session, boss)
    PrintJob.objects.all().delete()  # as after a day
    assert "Print a copy at Star" in text(client.get(url(theatre, "tills-report", session.code)))

    for _ in range(2):  # two clicks
        assert "A copy is printed at Star." in text(client.post(page, said, follow=True))

    assert PrintJob.objects.get().kind == "ZCOPY"
    [event] = AuditEvent.objects.filter(details__z_report_printed_again=1)
    assert event.user_id == boss.pk


def test_a_seller_prints_no_copy_of_a_z_report(client, theatre, session, printer, boss, seller):
    closed(theatre, session, boss)
    assert "Print a copy" not in text(client.get(url(theatre, "tills-report", session.code)))
    answer = client.post(url(theatre, "tills-report-print", session.code), {"key": "a key of 16 chars"})
    assert answer.status_code == 404


def test_a_copy_without_a_printer_is_refused_with_a_reason(client, theatre, session, boss):
    closed(theatre, session, boss)
    client.force_login(boss)
    page = client.post(url(theatre, "tills-report-print", session.code), {"key": "a key of 16 chars"}, follow=True)
    assert "no receipt printer" in text(page)
