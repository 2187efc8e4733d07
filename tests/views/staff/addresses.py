"""Every address of the back office, made of real things: one of each at a theatre."""

from datetime import timedelta
from decimal import Decimal

from django.urls import URLPattern, reverse
from django.utils import timezone

from cinema.models import CheckIn, Screen, SeatBlock, Theatre
from cinema.services.figures.days import close_day
from cinema.services.money.counter_actions import Permission
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.printers import queue_copy, save_printer
from cinema.services.money.tills import count_drawer
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.show_cancellations import cancel_show
from cinema.services.people.pins import set_pin
from cinema.services.schedule.show_notes import write_note
from cinema.urls import staff as urls
from tests.factories import (
    MANAGER,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    coupon,
    draft,
    gift_card,
    on_invoice,
    parked,
    price_card,
    private_hire,
    published,
    put_off_sale,
    receipt_of,
    season,
    sold,
    sold_at_till,
    staff,
    tax_rule,
    till_session,
    vouchers,
)

PIN = "4711"
PATTERNS: dict[str, URLPattern] = {pattern.name: pattern for pattern in urls.urlpatterns if pattern.name}


class Place:
    """A theatre with a screen, an order for a show, a draft, a cancelled show, a block, prices, a coupon, a voucher, a
    tax, and somebody."""

    def __init__(self, slug: str) -> None:
        self.theatre: Theatre = TheatreFactory(slug=slug)
        self.tax_rule = tax_rule(self.theatre, 18)
        self.screen: Screen = ScreenFactory(theatre=self.theatre, plan="aaaaaaaa")
        self.show = ShowFactory(screen=self.screen)
        self.card = price_card(self.theatre)
        self.kind = self.theatre.ticket_types.get()
        self.coupon = coupon(self.theatre, code=f"{slug} TEN".upper().replace(" ", ""))
        self.draft = draft(self.screen, self.card)
        self.off = ShowFactory(screen=self.screen, starts_at=self.show.starts_at + timedelta(days=3))
        cancel_show(show_id=self.off.pk, user=None, reason="no light", remedy="REFUND", choose_until=None)
        self.ticket = sold(self.show, "A1")
        self.receipt = receipt_of(self.ticket)
        self.block = put_off_sale(
            screen=self.screen,
            seat_ids=[self.screen.seats.last().pk],
            kind=SeatBlock.Kind.HOUSE,
            from_day=self.theatre.trading_day(timezone.now()),
            reason="the owner's",
        )
        yesterday = self.theatre.trading_day(timezone.now()) - timedelta(days=1)
        close_day(theatre=self.theatre, day=yesterday, by=staff(self.theatre, MANAGER))
        self.gift_card = gift_card(self.theatre)
        self.session = till_session(self.theatre)
        later = ShowFactory(screen=self.screen, starts_at=self.show.starts_at + timedelta(days=6))
        self.counter_ticket = sold_at_till(self.session, later, "A1")
        cancel_ticket(code=self.counter_ticket.code)
        self.refund = self.counter_ticket.refunds.get()
        self.parked = parked(self.session, later, "A2")
        self.invoice = on_invoice(self.session, counter_sale(self.session, later, "A3"))
        paid = MoneyReceived("TRANSFER", Decimal(10), f"a key of 16 {slug}"[:64], "T 4711")
        by = self.session.opened_by
        self.paid = pay_invoice(theatre=self.theatre, code=self.invoice.code, paid=paid, by=by)
        # It is counted, so that everybody who sells may read its report.
        count_drawer(theatre=self.theatre, code=self.session.code, counts={"1": 300}, by=by)
        till_session(self.theatre, float=500)
        [self.voucher] = vouchers(self.theatre)
        published("privacy")
        self.person = staff(self.theatre, MANAGER, email=f"manager@{slug}.example.org")
        now = timezone.now()
        self.conflict = CheckIn.objects.create(
            theatre=self.theatre,
            key="a conflict",
            ticket=self.ticket,
            show=self.show,
            outcome=CheckIn.Outcome.CONFLICT,
            scanned_at=now,
            received_at=now,
            offline=True,
        )
        self.note = write_note(
            theatre=self.theatre, show_id=self.show.pk, text="A school comes", key="a note", user=self.person
        )
        self.hire = private_hire(self.screen, after=timedelta(days=20))
        self.season = season(self.show.movie, title=f"At {slug}", theatre=self.theatre)
        set_pin(theatre=self.theatre, user=self.person, pin=PIN, by=self.person)
        self.printer_secret = save_printer(till=self.session.till, name="Star", by=self.person)
        again = Permission(self.person, self.person, "LOST", f"a copy, {slug}")
        queue_copy(session=self.session, order=self.counter_ticket.order, permission=again)
        self.print_job = self.counter_ticket.order.print_jobs.get()

    def things(self, name: str) -> dict[str, str | int]:
        """What stands in the address of this name besides the theatre."""
        if name.startswith("staff-films-season"):
            return {"pk": self.season.pk}
        if name.startswith("staff-films"):
            return {"pk": self.show.movie_id, "upload": "none", "format": "csv"}
        pk = {
            "staff-theatres-tax": self.tax_rule,
            "staff-people": self.person,
            "staff-screens": self.screen,
            "staff-blocks": self.block,
            "staff-schedule": self.draft,
            "staff-schedule-hire": self.hire,
            "staff-door-show": self.show,
            "staff-door-settle": self.conflict,
            "staff-shows-show": self.show,
            "staff-shows-note": self.show,
            "staff-shows-note-remove": self.note,
            "staff-shows-cancel": self.show,
            "staff-shows-cancel-progress": self.off,
            "staff-gift-cards": self.gift_card,
            "staff-sell-map-changes": self.show,
            "staff-payments-invoice-reverse": self.paid,
            "staff-tills": self.session.till,
            "staff-vouchers": self.voucher.batch,
            "staff-vouchers-voucher": self.voucher,
            "staff-prices": self.card,
            "staff-prices-types": self.kind,
            "staff-prices-coupons": self.coupon,
        }
        codes = {
            "staff-tills": self.session.code,
            "staff-sell-parked": self.parked.code,
            "staff-sell-ask": self.refund.payment.code,
            "staff-sell-give-up": self.refund.payment.code,
            "staff-sell-printer": self.print_job.code,
            "staff-sell": self.refund.code,
            "staff-payments-invoice": self.invoice.code,
        }
        longest = max((start for start in pk if name.startswith(start)), key=len, default="")
        return {
            "pk": pk[longest].pk if longest else 0,
            "screen_pk": self.screen.pk,
            "reference": (self.counter_ticket if name.startswith("staff-sell") else self.ticket).reference,
            "code": next((code for start, code in codes.items() if name.startswith(start)), self.receipt.code),
            "movie": self.show.movie_id,
            "what": "report",
            "kind": "privacy",
            "number": 1,
            "format": "csv",
        }

    def address(self, name: str, *, under: str = "") -> str:
        """The address with this theatre's things, under its own slug or another's."""
        values = self.things(name) | {"slug": under or self.theatre.slug}
        return reverse(name, kwargs={key: values[key] for key in PATTERNS[name].pattern.converters})


def at_a_theatre(name: str) -> bool:
    """Whether the address names a theatre."""
    return "slug" in PATTERNS[name].pattern.converters


def of_a_thing(name: str) -> bool:
    """Whether the address names something of a theatre, which another theatre does not have."""
    return at_a_theatre(name) and bool(
        {"pk", "screen_pk", "reference", "movie", "code"} & set(PATTERNS[name].pattern.converters)
    )
