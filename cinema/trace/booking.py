"""Traces of a booking from the seat map to the ticket, and of a booking that a rule rejects.

Both are made for the last show of the demo and cleaned up by the services: the seats are released and the money is
refunded. The events stay in the ledgers, which are append-only.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cinema.exceptions import BusinessRuleViolation
from cinema.gateways.base import Result
from cinema.gateways.sandbox import webhook
from cinema.models import Hold, OutgoingMail, PaymentMode, SandboxCharge, Show, Ticket
from cinema.services.booking.booking import book_tickets
from cinema.services.booking.booking_requests import BookingRequest, Contact
from cinema.services.booking.holds import release_hold
from cinema.services.booking.ledger import Actor, Author
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.booking.seating import choose_best
from cinema.services.core.locking import FACTS, lock_ticket
from cinema.services.core.transactions import atomically
from cinema.services.orders.cancellations import cancel_locked
from cinema.services.orders.shared_discounts import Division
from cinema.trace import is_allowed, rows
from cinema.trace.browser import Browser, filled_in
from cinema.trace.recorder import Call, DataShape, RecordedStatement, Recorder

PARTY = 2
HTML_LINES = 25
BUYER = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345"}


class CannotTrace(Exception):
    """No booking can be traced here; the message is the reason."""


@dataclass
class Chapter:
    """One request of a trace, or one call of a service, with its response, calls, statements and changed rows."""

    title: str
    request: str
    response: str
    root: Call
    shapes: list[DataShape]
    changes: list[rows.RowChange]
    html: str = ""

    @property
    def middleware(self) -> list[Call]:
        return list(self.root.middleware())

    @property
    def lines(self) -> list[tuple[int, Call | RecordedStatement]]:
        return list(self.root.lines())

    @property
    def statements(self) -> list[RecordedStatement]:
        return list(self.root.statements())

    @property
    def undone(self) -> list[RecordedStatement]:
        """The writing statements of transactions that were rolled back."""
        undone: list[RecordedStatement] = []
        since: list[RecordedStatement] = []
        for one in self.statements:
            if one.word in ("BEGIN", "COMMIT"):
                since = []
            elif one.word == "ROLLBACK":
                undone, since = undone + since, []
            elif one.written:
                since.append(one)
        return undone


@dataclass
class Story:
    """A trace: its requests in order, the show, and a sentence on what is left after the clean-up."""

    show: Show
    chapters: list[Chapter] = field(default_factory=list)
    left: str = ""


def watch_booking(*, host: str, show_id: int | None = None) -> Story:
    """Book two seats as a browser does, record each request, and clean up. Raises CannotTrace."""
    show, seat_ids = _find_seats(show_id)
    story = Story(show)
    browser = Browser(host=host, client_ip=f"2001:db8:{secrets.randbelow(2**16):x}::1")
    hold_url = ""

    def watch(title: str, request: str, send: Callable[[], HttpResponse]) -> HttpResponse:
        before = rows.read(show_id=show.pk, seat_ids=seat_ids)
        with Recorder() as recorder:
            response = send()
        after = rows.read(show_id=show.pk, seat_ids=seat_ids)
        story.chapters.append(_chapter(title, request, response, recorder, rows.differences(before, after)))
        return response

    page = show.get_absolute_url()
    try:
        watch(_("Look at the seat map"), f"GET {page}", lambda: browser.get(page))
        url = reverse("show-hold", args=[show.pk])
        held = watch(
            _("Hold two seats"),
            f"POST {url} seats={seat_ids[0]}&seats={seat_ids[1]}",
            lambda: browser.post(url, {"seats": seat_ids}),
        )
        hold_url = _next(held)
        checkout = watch(_("Open the checkout"), f"GET {hold_url}", lambda: browser.get(hold_url))
        order = BUYER | {"mode": PaymentMode.UPI} | filled_in(checkout)
        sent = watch(_("Check out"), f"POST {hold_url} {_form(order)}", lambda: browser.post(hold_url, order))
        body, headers = _pay(_next(sent))
        url = reverse("payment-webhook", args=["sandbox"])
        watch(
            _("The payment provider reports"),
            f"POST {url} {body.decode()}",
            lambda: browser.post_message(url, body, headers),
        )
        ticket = Ticket.objects.get(hold__code=_code(hold_url))
        watch(_("Open the ticket"), f"GET {ticket.get_absolute_url()}", lambda: browser.get(ticket.get_absolute_url()))
    finally:
        if hold_url:
            tidy_up(hold_code=_code(hold_url))
    story.left = _("Tidied up: the ticket is cancelled and refunded, its seats are free again. The ledger keeps both.")
    return story


def watch_refusal(*, show_id: int | None = None) -> Story:
    """Book with a ticket type that does not exist, in one step as the JSON API does. Raises CannotTrace.

    The seats are held and recorded in the ledger before the rule fails, and all of it is rolled back.
    """
    show, seat_ids = _find_seats(show_id)
    before = rows.read(show_id=show.pk, seat_ids=seat_ids)
    refused = ""
    with Recorder() as recorder:
        try:
            book_tickets(
                seats=SeatRequest(show.pk, seat_ids, buyer=secrets.token_urlsafe(24), source=Source()),
                request=BookingRequest(
                    contact=Contact(**BUYER),
                    mode=PaymentMode.UPI,
                    key=secrets.token_urlsafe(16),
                    types={seat_ids[0]: 0},
                ),
            )
        except BusinessRuleViolation as error:
            refused = f"{type(error).__name__}: {error}"
    changes = rows.differences(before, rows.read(show_id=show.pk, seat_ids=seat_ids))
    request = f"book_tickets(seats=SeatRequest({show.pk}, {seat_ids}, …), request=… types={{{seat_ids[0]}: 0}} …)"
    title = _("Book with a ticket type that does not exist")
    chapter = Chapter(title, request, refused, recorder.root, recorder.shapes, changes)
    left = _("Nothing: every row is as it was before.") if not changes else ""
    return Story(show, [chapter], left)


def tidy_up(*, hold_code: str) -> None:
    """Cancel and refund a paid ticket, release an unpaid hold, and delete unsent mails."""
    hold = Hold.objects.get(code=hold_code)
    tickets = Ticket.objects.filter(hold=hold)
    for ticket in tickets.filter(status=Ticket.Status.CONFIRMED):
        _cancel(code=ticket.code)
    if hold.status == Hold.Status.ACTIVE:
        release_hold(code=hold.code, buyer=hold.buyer)
    OutgoingMail.objects.filter(ticket__in=tickets).delete()


@atomically
def _cancel(*, code: str) -> None:
    ticket, lines = lock_ticket(*FACTS, code=code)
    by = Author(Actor.STAFF, reason="a booking was traced")
    cancel_locked(ticket=ticket, lines=lines, money=Division(ticket.kept), by=by)


def find_show(show_id: int | None = None) -> Show:
    """The chosen show, or the last one on sale with free seats and an empty waiting list. Raises CannotTrace."""
    if not is_allowed():
        raise CannotTrace(_("Bookings can be watched only in the demo, never at a real cinema."))
    if settings.PAYMENT_GATEWAYS.get(PaymentMode.UPI) != "sandbox":
        raise CannotTrace(_("Watching a booking needs the demo’s test gateway. Set DEMO=true."))
    shows = Show.objects.filter(
        status=Show.Status.SCHEDULED, sales_end_at__gt=Now(), seats_free__gt=PARTY, waited_for=False
    )
    shows = shows.exclude(sales_start_at__gt=Now()).select_related("movie", "screen__theatre")
    found = (shows.filter(pk=show_id) if show_id else shows).order_by("-starts_at", "pk").first()
    if found is None:
        raise CannotTrace(_("There is no such show on sale with free seats. Run “manage.py demo --no-server” first."))
    return found


def _find_seats(show_id: int | None) -> tuple[Show, list[int]]:
    show = find_show(show_id)
    try:
        return show, [place.pk for place in choose_best(show=show, buyer="", party=PARTY)]
    except BusinessRuleViolation as error:
        raise CannotTrace(str(error)) from error


def _pay(url: str) -> tuple[bytes, dict[str, str]]:
    """Pay as the buyer does on the test gateway's page, and return the webhook's body and headers."""
    charges = SandboxCharge.objects.filter(reference=url.rstrip("/").rpartition("/")[2])
    charges.update(status=Result.PAID, report_at=Now())
    return webhook(charges.get())


def _next(response: HttpResponse) -> str:
    """The target of a redirect. Raises CannotTrace for any other response."""
    if response.status_code != 303:
        raise CannotTrace(_("A request was refused, with status %(n)d.") % {"n": response.status_code})
    return response["Location"]


def _code(hold_url: str) -> str:
    return hold_url.rstrip("/").rpartition("/")[2]


def _chapter(
    title: str, request: str, response: HttpResponse, recorder: Recorder, changes: list[rows.RowChange]
) -> Chapter:
    leads = f" Location: {response['Location']}" if response.has_header("Location") else ""
    answer = f"{response.status_code} {response.reason_phrase}{leads}"
    return Chapter(title, request, answer, recorder.root, recorder.shapes, changes, _excerpt(response))


def _excerpt(response: HttpResponse) -> str:
    """The beginning of the page's <main> element, without empty lines."""
    text = response.content.decode() if response.get("Content-Type", "").startswith("text/html") else ""
    own = [line for line in text.partition("<main")[2].splitlines() if line.strip()]
    return "\n".join(["<main" + own[0], *own[1:HTML_LINES], "…"]) if own else ""


def _form(order: dict[str, Any]) -> str:
    return "&".join(f"{name}={value if isinstance(value, str) else ','.join(value)}" for name, value in order.items())
