"""The content of mails: cinema.mail.compose."""

import io
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import pytest
from django.utils.html import escape
from PIL import Image

from cinema.models import Movie, Order, OutgoingMail, Show, Theatre
from cinema.services.core.outbox import Kind, post
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, published, sold, waiting
from tests.mail.situations import SITUATIONS
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).parents[2] / "templates/email"
ABOUT_A_SHOW = set(Kind) - {
    *(Kind.SIGN_UP, Kind.HAS_ACCOUNT, Kind.NO_ACCOUNT, Kind.EMAIL_CHANGE, Kind.EMAIL_TAKEN, Kind.EMAIL_CHANGED),
    *(Kind.GIFT_CARD, Kind.GIFT_CARD_BOUGHT, Kind.GIFT_CARD_REFUND, Kind.GIFT_CARD_RETURN, Kind.RECEIPT),
    *(Kind.FILM_ALERT, Kind.ACCOUNT_UNUSED, Kind.INVITATION, Kind.PASSWORD_RESET, Kind.NEW_PASSWORD, Kind.NEW_TOKEN),
}
ABOUT_A_THEATRE = ABOUT_A_SHOW | {Kind.INVITATION, Kind.GIFT_CARD, Kind.GIFT_CARD_BOUGHT, Kind.GIFT_CARD_REFUND}
ABOUT_A_THEATRE |= {Kind.GIFT_CARD_RETURN, Kind.RECEIPT}


@pytest.fixture
def ticket():
    return sold(ShowFactory(movie__title="Tom & Jerry"), "A1 A2")


def parts(message):
    """The parts of the message by content type, as a mail program reads them."""
    received = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    return {part.get_content_type(): part for part in received.walk()}


def test_a_ticket_is_mailed_as_html_and_text(ticket, settings):
    [message] = outbox()
    assert message.to == ["asha@example.org"]
    assert message.subject.startswith("Your ticket: Tom & Jerry, ")
    text, html = parts(message)["text/plain"].get_content(), parts(message)["text/html"].get_content()
    reference = f"{ticket.reference[:4]}-{ticket.reference[4:]}"
    for fact in ("Row A, seat 1", "Row A, seat 2", "₹500", reference, settings.SITE_URL + ticket.get_absolute_url()):
        assert fact in text
        assert fact in html
    assert "TOM & JERRY" in text
    assert "Tom &amp; Jerry" in html


def test_a_mail_about_a_show_leads_there_unless_it_is_cancelled(ticket):
    Theatre.objects.update(address="5 Main Road")
    way = escape(Theatre.objects.get().map_url)
    [bought] = outbox()
    assert way.endswith("?query=5+Main+Road%2C+Mumbai")
    assert all(way in parts(bought)[kind].get_content() for kind in ("text/plain", "text/html"))

    cancel_ticket(code=ticket.code)
    off = outbox()[-1]
    assert not any("openstreetmap" in parts(off)[kind].get_content() for kind in ("text/plain", "text/html"))


def test_the_qr_code_stands_in_the_html_and_the_calendar_file_beside_it(ticket):
    found = parts(outbox()[0])
    assert list(found) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/calendar",
        "application/pdf",
    ]
    assert found["image/png"]["Content-ID"] == "<picture>"
    assert found["image/png"].get_content_disposition() == "inline"
    assert 'src="cid:picture"' in found["text/html"].get_content()
    assert Image.open(io.BytesIO(found["image/png"].get_content())).size == (492, 492)
    assert found["text/calendar"].get_filename() == f"ticket-{ticket.reference}.ics"


def test_a_cancellation_names_the_refund(ticket):
    cancel_ticket(code=ticket.code)

    [message] = outbox()
    assert message.subject.startswith("Cancelled: Tom & Jerry, ")
    for kind in ("text/plain", "text/html"):
        assert "We’re refunding ₹500 to your UPI account." in parts(message)[kind].get_content()


def test_a_moved_ticket_says_that_an_earlier_mail_still_lets_one_in(ticket):
    forget_mails()
    post(kind=Kind.SEATS_CHANGED, about=ticket)

    [message] = outbox()
    assert message.subject.startswith("Your seats have changed: Tom & Jerry, ")
    for kind in ("text/plain", "text/html"):
        assert "Your QR code stays the same" in parts(message)[kind].get_content()
    assert "image/png" in parts(message)


@pytest.mark.django_db(transaction=True)
def test_the_mails_of_a_waiting_list_say_what_happens_next_as_html_and_text(settings):
    show = ShowFactory(movie__title="Tom & Jerry", screen__plan="aa")
    ticket = sold(show, "A1 A2")
    forget_mails()

    entry = waiting(show)
    outbox()
    cancel_ticket(code=ticket.code)

    joined, offer = (message for message in outbox() if message.to == [entry.email])
    assert joined.subject.startswith("On the waiting list: Tom & Jerry, ")
    assert offer.subject.startswith("2 seats for Tom & Jerry are held for you until ")
    for message, facts in (
        (joined, ["for 2 seats", "leave"]),
        (offer, ["Row A, seat 2", "₹500", "next person on the list"]),
    ):
        for kind in ("text/plain", "text/html"):
            said = parts(message)[kind].get_content()
            assert all(fact in said for fact in [*facts, settings.SITE_URL + entry.get_absolute_url()])


def test_line_breaks_in_a_title_or_a_name_do_not_make_headers(ticket):
    Movie.objects.update(title="Tom\r\nBcc: everybody@example.org")
    Order.objects.update(name="Asha\nBcc: everybody@example.org")

    [message] = outbox()
    assert "\n" not in message.subject
    assert message.message()["Bcc"] is None


# --- Every kind of mail ----------------------------------------------------------------------------------


def mail_of(kind, cause):
    """The mail of this kind that ``cause`` queued, composed now."""
    cause()
    OutgoingMail.objects.exclude(kind=kind).delete()
    [message] = outbox()
    return message


def bodies(message):
    """The mail's text and HTML without markup."""
    found = parts(message)
    html = re.sub(r"<style>.*</style>|<[^>]+>", " ", found["text/html"].get_content(), flags=re.DOTALL)
    return [" ".join(unescape(said).split()) for said in (found["text/plain"].get_content(), html)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("legal_texts_are_read")
@pytest.mark.parametrize(("kind", "cause", "subject"), SITUATIONS)
def test_every_mail_is_signed_and_links_the_published_texts(kind, cause, subject):
    published("imprint")

    text, html = bodies(mail_of(kind, cause))

    signed = ["1 Marine Drive, Mumbai"] if kind in ABOUT_A_THEATRE else ["Cinema"]
    for said in (text, html):
        assert all(sign in said[-200:] for sign in [*signed, "Imprint"]), said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "cause", "subject"), SITUATIONS)
def test_every_mail_has_the_same_content_as_text_and_as_html(kind, cause, subject):
    message = mail_of(kind, cause)
    text, html = bodies(message)

    assert re.search("<title>(.*)</title>", parts(message)["text/html"].get_content())[1] == escape(message.subject)
    for said in re.split(r"(?<=[.!?]) ", text.partition(" -- ")[0]):
        if "://" not in said and " · " not in said:
            assert said in html


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "cause"), [(kind, cause) for kind, cause, _ in SITUATIONS if kind in ABOUT_A_SHOW])
@pytest.mark.parametrize(("hour", "which"), [(0, "before"), (1, "after")])
def test_mails_about_a_show_name_its_night_and_which_of_a_time_that_comes_twice(kind, cause, hour, which):
    cause()
    OutgoingMail.objects.exclude(kind=kind).delete()
    Theatre.objects.update(time_zone="Europe/London")
    at = datetime(2099, 10, 25, hour, 30, tzinfo=UTC)
    Show.objects.update(starts_at=at, ends_at=at + timedelta(hours=3), trading_day=at.date() - timedelta(days=1))

    [message] = outbox()

    note = f"ight from Saturday to Sunday, {which} the clocks go back"
    assert all(f"Sunday 25 October 2099, 01:30 N{note}" in said for said in bodies(message))
    if kind != Kind.WAITING_OFFER:  # whose subject says until when the seats are kept
        assert message.subject.endswith(f"Sunday 25 October, 01:30 (n{note})")


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("PAID_TWICE", "Your payment reached us twice. Your ticket stays valid"),
        ("CANCELLED", "after your ticket had been cancelled"),
        ("SHOW_CANCELLED", "after the show had been cancelled"),
        ("SHOW_STARTED", "after the show had started"),
        ("PRICE_ROSE", "By then your seats cost more"),
        ("SEATS_GONE", "Sorry, your seats have gone"),
        ("OTHERS_GONE", "Other seats in your order were no longer available"),
        ("GOODWILL", "Your payment reached us too late"),  # a reason without a sentence of its own
    ],
)
def test_a_late_payment_is_shown_with_the_reason_for_its_refund(ticket, reason, why):
    OutgoingMail.objects.all().delete()
    post(kind=Kind.REFUND_LATE, about=ticket, amount="250", reason=reason)

    [message] = outbox()

    for said in bodies(message):
        assert why in said
        assert "We’re refunding ₹250 to your UPI account." in said


def test_a_partly_returned_ticket_differs_from_an_unchanged_one(ticket):
    OutgoingMail.objects.all().delete()
    post(kind=Kind.REFUND_PART, about=ticket, amount="250", returned=1)
    post(kind=Kind.REFUND_PART, about=ticket, amount="0", returned=2)
    post(kind=Kind.REFUND_PART, about=ticket, amount="50")

    one, two, goodwill = outbox()

    assert "we’ve taken 1 seat off your ticket" in one.body
    assert "we’ve taken 2 seats off your ticket" in two.body
    assert (two.subject[:24], "refund" in two.body) == ("Your ticket has changed:", False)
    assert "seats off" not in goodwill.body
    assert "We’re refunding ₹50 to your UPI account." in goodwill.body


def test_an_exchange_for_cheaper_seats_names_the_refund(ticket):
    OutgoingMail.objects.all().delete()
    for amount in ("0", "80"):
        post(kind=Kind.EXCHANGED, about=ticket, amount=amount)

    without, cheaper = outbox()

    assert "refund" not in without.body
    assert "We’re refunding ₹80 to your UPI account." in cheaper.body


def test_no_mail_contains_internal_words():
    odd = re.compile(r"paid back|given? back|called off|let go|in line\b|somebody|e-mail\b|the news", re.IGNORECASE)
    found = {path.name: odd.findall(path.read_text()) for path in TEMPLATES.iterdir()}

    assert not {name: words for name, words in found.items() if words}
