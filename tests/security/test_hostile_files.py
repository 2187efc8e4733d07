"""Hostile texts in mails, calendar files, spreadsheets and the log."""

import csv
import io
import logging
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from icalendar import Calendar
from openpyxl import load_workbook

from cinema.models import (
    FilmAlert,
    GiftCard,
    OutgoingMail,
    Receipt,
    Refund,
    Show,
    ShowCancellation,
    Ticket,
    User,
    WaitingEntry,
)
from cinema.services.core.outbox import Kind, post
from tests.factories import owner
from tests.mails import outbox
from tests.security import hostile
from tests.security.hostile import Page
from tests.security.hostile_world import World
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db

EXPORTS = ("report", "shows", "sales", "journal", "receipts")
# Mails in which nobody's texts are.
OF_NOBODY = {Kind.SIGN_UP, Kind.HAS_ACCOUNT, Kind.NO_ACCOUNT, Kind.EMAIL_CHANGE, Kind.EMAIL_TAKEN, Kind.EMAIL_CHANGED}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def world():
    return World()


@pytest.fixture
def client(world):
    client = browser()
    client.force_login(owner(email="boss@example.org"))
    return client


def received(message):
    """The mail as a mail program reads it."""
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def part(message, kind):
    return next(each.get_content() for each in received(message).walk() if each.get_content_type() == kind)


def post_all(world):
    """Queue one mail of every kind that contains user texts; return their number."""
    ticket, off = Ticket.objects.get(pk=world.house.ticket.pk), Ticket.objects.get(pk=world.visit.refunded.pk)
    clerk, boss = User.objects.get(pk=world.clerk.pk), User.objects.get(email="boss@example.org")
    User.objects.update(name=(hostile.LONG % (98, "why"))[:150])
    OutgoingMail.objects.all().delete()
    kinds = (Kind.TICKET, Kind.SEATS_CHANGED, Kind.EXCHANGED, Kind.CANCELLATION, Kind.REFUND_PART, Kind.OWNER_LINK)
    kinds += (Kind.REMINDER,)
    for kind in kinds:
        post(kind=kind, about=ticket, amount="50")
    post(kind=Kind.REFUND_LATE, about=ticket, amount="50", reason=Refund.Reason.SEATS_GONE)
    post(kind=Kind.CANCELLATION, about=off)
    for kind, entry in ((Kind.WAITING_OFFER, world.visit.offered), (Kind.WAITING_JOINED, world.visit.waiting)):
        post(kind=kind, about=WaitingEntry.objects.get(pk=entry.pk))
    for kind in (Kind.PASSWORD_RESET, Kind.NEW_PASSWORD, Kind.ACCOUNT_UNUSED):
        post(kind=kind, about=clerk)
    card = GiftCard.objects.select_related("order_line__order").exclude(activated_at=None).latest("pk")
    for kind in (Kind.GIFT_CARD, Kind.GIFT_CARD_BOUGHT, Kind.GIFT_CARD_REFUND, Kind.GIFT_CARD_RETURN):
        post(kind=kind, about=card, amount="50")
    alert = FilmAlert.objects.create(movie=ticket.show.movie, email="ben@example.org", created_at=Now())
    post(kind=Kind.FILM_ALERT, about=alert.email, alert=alert.pk)
    post(kind=Kind.FILM_ON_SALE, about=alert.email, movie=alert.movie_id)
    receipt = Receipt.objects.get(pk=world.house.receipt.pk)
    post(kind=Kind.RECEIPT, about=receipt.order.tickets.select_related("order").get(), receipt=receipt.code)
    post(kind=Kind.NEW_TOKEN, about=clerk, label=hostile.LONG % (97, "label"), days=90)
    outbox()
    post(kind=Kind.INVITATION, about=clerk, theatre=world.house.theatre.pk, by=boss.pk)
    User.objects.filter(pk=clerk.pk).update(password="!")
    post(kind=Kind.SHOW_CANCELLED_OFFER, about=off)
    Ticket.objects.filter(pk=off.pk).update(status=Ticket.Status.CONFIRMED)
    ShowCancellation.objects.update(choose_until=Now() + timedelta(days=1))
    assert OF_NOBODY.isdisjoint(tried := set(OutgoingMail.objects.values_list("kind", flat=True)))
    assert OF_NOBODY | tried == set(Kind)
    return 24


def test_a_mail_has_the_texts_as_texts_and_its_headers_as_they_were_meant(world, client):
    world.house.theatre.refresh_from_db()
    assert post_all(world) == len(outbox())
    for message in outbox():
        letter, html, text = received(message), part(message, "text/html"), part(message, "text/plain")
        name = letter["Subject"]
        assert not Page(html).faults, (name, Page(html).faults)
        assert "zq" in text and "&lt;q" not in text and "&#x27;" not in text, name
        assert "&lt;q" not in name and "&quot;" not in name, name
        assert set(letter.keys()) <= {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"}
        assert len(message.to) == 1 and len(letter["To"].addresses) == 1


def test_a_calendar_file_has_one_event_with_the_texts_in_their_places(world, client):
    code = Ticket.objects.get(pk=world.house.ticket.pk).code
    answer = client.get(f"/tickets/{code}/calendar.ics")
    calendar = Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert hostile.marks(event["summary"]) and hostile.marks(event["location"])
    assert {
        line.partition(b":")[0].partition(b";")[0] for line in answer.content.replace(b"\r\n ", b"").splitlines()
    } == {
        *(b"BEGIN", b"END", b"VERSION", b"PRODID", b"UID", b"DTSTAMP", b"DTSTART", b"DTEND", b"SUMMARY", b"LOCATION"),
        *(b"DESCRIPTION", b"URL", b"METHOD", b"SEQUENCE", b"STATUS", b"ORGANIZER"),
    }
    assert max(map(len, answer.content.split(b"\r\n"))) <= 75


def exports(world, client, kind):
    """Every export."""
    base, movie = f"/staff/theatres/{world.house.theatre.slug}", world.house.show.movie_id
    today = timezone.now().date()
    period = f"?start={today}&end={today + timedelta(days=7)}"
    urls = [f"{base}/figures/export/{what}.{kind}{period}" for what in EXPORTS]
    urls += [f"/staff/figures/export.{kind}{period}"]
    week = Show.objects.get(pk=world.house.show.pk).trading_day
    urls += [f"{base}/figures/distributor/{movie}.{kind}?week={week}"]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert answer["Content-Disposition"].isascii() and "\n" not in answer["Content-Disposition"]
        yield url, b"".join(answer)


def test_no_cell_of_a_csv_file_is_a_formula(world, client):
    found = set()
    for url, body in exports(world, client, "csv"):
        cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) for cell in row]
        assert not [cell for cell in cells if cell.startswith(FORMULA) and not is_number(cell)], url
        found |= {number for cell in cells for number in hostile.marks(cell)}
    assert found
    template = client.get(f"/staff/theatres/{world.house.theatre.slug}/schedule/import/template.csv").content
    cells = [cell for row in csv.reader(io.StringIO(template.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]


def is_number(cell):
    return cell.lstrip("-").replace(".", "", 1).isdecimal()


def test_no_cell_of_a_workbook_is_a_formula(world, client):
    for url, body in exports(world, client, "xlsx"):
        book = load_workbook(io.BytesIO(body))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink], url


@pytest.mark.nightly
def test_the_check_for_formulas_can_fail(world, client, monkeypatch):
    monkeypatch.setattr("cinema.exports.csv.DANGEROUS", ("no such start",))
    with pytest.raises(AssertionError):
        test_no_cell_of_a_csv_file_is_a_formula(world, client)


def test_nothing_that_is_sent_makes_a_line_of_the_log(client, caplog, capsys):
    line = "x\r\n2026-11-27 CRITICAL cinema all is lost"
    with caplog.at_level(logging.DEBUG, "django.request"):
        for url in (f"/{line}/", f"/api/tickets/{line}/", f"/staff/{line}/"):
            client.get(
                url.replace("\r", "%0d").replace("\n", "%0a"), headers={"User-Agent": line, "Host": "testserver"}
            )
        client.post("/account/sign-in/", {"username": line, "password": line})
        client.post("/payments/webhook/sandbox/", line, content_type="text/plain")
    assert caplog.records
    told = [logging.Formatter("%(message)s").format(record) for record in caplog.records if not record.exc_info]
    assert not [message for message in told if "\n" in message or "\r" in message]
