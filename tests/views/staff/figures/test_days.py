"""The pages of closed trading days: what is to be done first, the report, the files."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import DayReport, TillSession
from cinema.services.money.tills import Closing, close_till, count_drawer
from tests.factories import (
    MANAGER,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    in_the_afternoon,
    paid_at_till,
    sold,
    sold_at_till,
    staff,
    till_session,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory(tax=25, time_zone=in_the_afternoon())


@pytest.fixture
def manager(theatre, client):
    user = staff(theatre, MANAGER)
    client.force_login(user)
    return user


def url(theatre, name="", *more) -> str:
    return reverse(f"staff-tills-days{name}", args=[theatre.slug, *more])


def sent(client, theatre, **days):
    return client.post(url(theatre), {"day": theatre.trading_day(timezone.now())} | days)


def closed(session, counted: int) -> TillSession:
    place = {"theatre": session.theatre, "code": session.code}
    count_drawer(**place, counts={"1": counted}, by=session.opened_by)
    return close_till(**place, closing=Closing(session.opened_by))


def test_a_day_is_closed_and_its_report_is_shown(client, theatre, manager):
    session = till_session(theatre, float=500, name="Box office")
    sold_at_till(session, ShowFactory(screen__theatre=theatre), "A1 A2")
    closed(session, 1000)
    assert "Box office" not in text(client.get(url(theatre)))
    page = text(client.get(sent(client, theatre).url))
    assert "The day is closed." in page and "Day report 1" in page
    for words in ("Received ₹500", "Tax ₹100", "Differences in drawers ₹0", "Box office", "Z report 1", "safe"):
        assert words in page, words
    assert "Day report 1" in text(client.get(url(theatre)))


def test_what_is_to_be_done_first_is_listed_with_links(client, theatre, manager):
    session = till_session(theatre, float=500, name="Bar")
    order = paid_at_till(session, counter_sale(session, ShowFactory(screen__theatre=theatre), "A1"), amount=100).order
    for answer, status in ((client.get(url(theatre)), 200), (sent(client, theatre), 409)):
        page = text(answer)
        assert answer.status_code == status
        assert "Bar: open since" in page and "is not finished" in page
        assert reverse("staff-orders-order", args=[theatre.slug, order.tickets.get().reference]) in str(answer.content)
    assert "The day cannot be closed yet." in page
    count_drawer(theatre=theatre, code=session.code, counts={"100": 6}, by=manager)
    assert "Bar: counted, but not closed" in text(client.get(url(theatre)))
    assert not DayReport.objects.exists()


@pytest.mark.parametrize(
    ("day", "status", "words"),
    [
        ("", 400, "Please enter the day."),
        ("soon", 400, "Please enter a day, such as"),
        ("2099-01-01", 400, "This day has not begun yet."),
        ("2026-02-30", 400, "Please enter a day, such as"),
    ],
)
def test_a_day_that_cannot_be_closed_is_refused_in_words(client, theatre, manager, day, status, words):
    answer = sent(client, theatre, day=day)
    assert answer.status_code == status and words in text(answer)


def test_a_day_is_not_closed_twice_and_no_till_opens_on_it(client, theatre, manager):
    session = closed(till_session(theatre), 100)
    sent(client, theatre)
    answers = [sent(client, theatre), client.post(reverse("staff-tills-open", args=[theatre.slug, session.till_id]))]
    for answer in answers:
        assert answer.status_code == 409 and "is closed already" in text(answer)


def test_a_report_is_exported_as_it_is_shown(client, theatre, manager):
    sold(ShowFactory(screen__theatre=theatre), "A1")
    closed(till_session(theatre, name="Bar"), 100)
    sent(client, theatre)
    answer = client.get(url(theatre, "-export", 1, "csv"))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    day = theatre.trading_day(timezone.now())
    assert f"{day},,,UPI,1,250.00,0,250.00," in lines
    assert "25.00,200.00,50.00" in lines or "25,200.00,50.00" in lines
    assert any(line.startswith("1,Bar,") and line.endswith(",100.00,100.00,0.00,") for line in lines)
    assert "safe,100.00,100.00" in lines
    assert client.get(url(theatre, "-export", 1, "xlsx")).status_code == 200
    for missing in (url(theatre, "-export", 1, "exe"), url(theatre, "-export", 2, "csv"), url(theatre, "-report", 2)):
        assert client.get(missing).status_code == 404


def test_a_report_takes_as_many_statements_with_many_sales(client, theatre, manager, django_assert_max_num_queries):
    show = ShowFactory(screen__theatre=theatre)
    for number in range(3):
        session = till_session(theatre, float=0)
        for row in "ABC":
            sold_at_till(session, show, f"{row}{number + 1}")
        closed(session, 750)
    sent(client, theatre)
    with django_assert_max_num_queries(22):
        client.get(url(theatre, "-report", 1))
