"""The mails: cinema.mail."""

import io
from email import message_from_bytes, policy

import pytest
from PIL import Image

from cinema.models import Movie, Ticket
from cinema.services.cancellations import cancel_ticket
from cinema.services.outbox import Kind, post
from tests.factories import ShowFactory, sold, waiting
from tests.mails import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return sold(ShowFactory(movie__title="Tom & Jerry"), "A1 A2")


def parts(message):
    """The parts of the sent message by their type, as a mail program reads them."""
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
    ]
    assert found["image/png"]["Content-ID"] == "<picture>"
    assert found["image/png"].get_content_disposition() == "inline"
    assert 'src="cid:picture"' in found["text/html"].get_content()
    assert Image.open(io.BytesIO(found["image/png"].get_content())).size == (492, 492)
    assert found["text/calendar"].get_filename() == f"ticket-{ticket.reference}.ics"


def test_a_cancellation_says_what_is_paid_back(ticket):
    cancel_ticket(code=ticket.code)

    [message] = outbox()
    assert message.subject.startswith("Cancelled: Tom & Jerry, ")
    for kind in ("text/plain", "text/html"):
        assert "₹500 is on its way back" in parts(message)[kind].get_content()


def test_a_moved_ticket_says_that_an_earlier_mail_still_lets_one_in(ticket):
    outbox().clear()
    post(kind=Kind.SEATS_CHANGED, about=ticket)

    [message] = outbox()
    assert message.subject.startswith("Your seats have changed: Tom & Jerry, ")
    for kind in ("text/plain", "text/html"):
        assert "The QR code is the same as before" in parts(message)[kind].get_content()
    assert "image/png" in parts(message)


@pytest.mark.django_db(transaction=True)
def test_the_mails_of_a_waiting_list_say_what_happens_next_as_html_and_text(settings):
    show = ShowFactory(movie__title="Tom & Jerry", screen__plan="aa")
    ticket = sold(show, "A1 A2")
    outbox().clear()

    entry = waiting(show)
    outbox()
    cancel_ticket(code=ticket.code)

    joined, offer = (message for message in outbox() if message.to == [entry.email])
    assert joined.subject.startswith("On the waiting list: Tom & Jerry, ")
    assert offer.subject.startswith("2 seats for Tom & Jerry are kept for you until ")
    for message, facts in ((joined, ["for 2 seats", "leave"]), (offer, ["Row A, seat 2", "₹500", "next in line"])):
        for kind in ("text/plain", "text/html"):
            said = parts(message)[kind].get_content()
            assert all(fact in said for fact in [*facts, settings.SITE_URL + entry.get_absolute_url()])


def test_line_breaks_in_a_title_or_a_name_do_not_make_headers(ticket):
    Movie.objects.update(title="Tom\r\nBcc: everybody@example.org")
    Ticket.objects.update(name="Asha\nBcc: everybody@example.org")

    [message] = outbox()
    assert "\n" not in message.subject
    assert message.message()["Bcc"] is None
