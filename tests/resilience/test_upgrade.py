"""Migrations with data in place, on a database of their own. The older come first: the tables with which a test begins
are made from those of the test before (tests/management/commands/migrate.py).
"""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from importlib import import_module
from itertools import product
from secrets import token_hex

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max, Min, Sum
from django.utils import timezone

from cinema.demo import year, year_house, year_sales
from cinema.domain.accounts import ALLOCATED, kind_of
from cinema.domain.folding import words_of_person
from cinema.domain.money import tax_in
from cinema.domain.periods import Period
from cinema.gateways.base import DisputeReport, DisputeState
from cinema.models import (
    MoneyEntry,
    Movie,
    Order,
    OrderLine,
    OrderWord,
    Payment,
    Receipt,
    Refund,
    Show,
    Theatre,
    Ticket,
)
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.exports import sale_sheet, show_sheet
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.money.ledger import balances
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.receipts import issue_due_receipts, issue_receipts
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill, return_seats, settle_by_hand
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    LanguageFactory,
    MovieFactory,
    ShowFactory,
    booked,
    due,
    lapsed,
    report,
    seat_ids,
    sold,
    staff,
    ticket_of,
)
from tests.resilience.site import Site, speaking_with

pytestmark = [pytest.mark.site, pytest.mark.nightly]  # what has been released does not change


@pytest.fixture
def migrate(site: Site):
    """Migrate another database of the site up to a migration, and return its models as they are then."""

    def to(name: str):
        call_command("migrate", "cinema", name, verbosity=0)
        executor = MigrationExecutor(connection)
        return executor.loader.project_state([("cinema", name)]).apps

    with speaking_with(site.new_database(f"upgraded_{token_hex(4)}")):
        yield to


class World:
    """Tickets and places on waiting lists, as the models were then."""

    def __init__(self, apps):
        self.now = timezone.now()
        names = ["Ticket", "WaitingEntry", "Hold", "Show", "SeatEvent", "ShowCancellation", "ShowSeat"]
        names += ["Payment", "Refund"]
        for name in names:
            setattr(self, name, apps.get_model("cinema", name))
        get = apps.get_model
        theatre = get("cinema", "Theatre").objects.create(name="Galaxy", slug="galaxy", city="Pune", time_zone="UTC")
        self.screen = get("cinema", "Screen").objects.create(theatre=theatre, name="1")
        self.movie = get("cinema", "Movie").objects.create(title="Film", slug="film", runtime=90)
        self.language = get("cinema", "Language").objects.create(code="hi", name="Hindi")
        category = get("cinema", "SeatCategory").objects.create(theatre=theatre, name="Classic")
        seats = get("cinema", "Seat").objects
        self.seat = seats.create(screen=self.screen, category=category, row="A", number="1", x=0, y=0)
        self.hours = 0

    def show(self, status="SCHEDULED", starts_in=timedelta(days=1), **more):
        self.hours += 4  # none at the same time as another
        starts_at = self.now + starts_in + timedelta(hours=self.hours if starts_in > timedelta(0) else -self.hours)
        return self.Show.objects.create(
            movie=self.movie,
            screen=self.screen,
            language=self.language,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            trading_day=starts_at.date(),
            sales_end_at=starts_at,
            status=status,
            **more,
        )

    def hold(self, show, code, status="BOOKED", expires_in=timedelta(minutes=9)):
        expires_at = self.now + expires_in
        return self.Hold.objects.create(
            show=show, code=code, buyer=code, status=status, created_at=self.now, expires_at=expires_at
        )

    def ticket(self, code, show=None, hold_at=None, **more):
        show = show or self.show()
        facts = {"created_at": self.now, "confirmed_at": self.now, "status": "CONFIRMED"} | more
        return self.Ticket.objects.create(
            code=code,
            reference=code[:8],
            show=show,
            hold=self.hold(hold_at or show, code),
            name=code,
            email=f"{code}@example.org",
            amount=100,
            cancel_cutoff=60,
            refund_percent=100,
            **facts,
        )

    def payment(self, ticket, amount=100, status="SUCCESS", back=0, **more):
        code = f"{ticket.code}-{ticket.payments.count()}"
        payment = self.Payment.objects.create(
            code=code,
            key=code,
            ticket=ticket,
            amount=amount,
            status=status,
            created_at=self.now,
            mode="CARD",
            gateway="sandbox",
            **more,
        )
        if back:
            self.Refund.objects.create(payment=payment, code=code, amount=back, reason="GOODWILL", created_at=self.now)

    def moved(self, ticket):
        seat = self.ShowSeat.objects.create(show=ticket.show, seat=self.seat, price=100)
        self.SeatEvent.objects.create(
            show=ticket.show,
            revision=1,
            show_seat=seat,
            action="MOVE_IN",
            from_status="AVAILABLE",
            to_status="BOOKED",
            actor="STAFF",
            ticket=ticket,
            at=self.now,
        )

    def cancelled_show(self, choose_in=None):
        show = self.show("CANCELLED")
        until = choose_in and self.now + choose_in
        self.ShowCancellation.objects.create(
            show=show, remedy="EXCHANGE", reason="no light", created_at=self.now, choose_until=until
        )
        return show

    def entry(self, code, **more):
        show = more.pop("show", None) or self.show()
        return self.WaitingEntry.objects.create(
            code=code, show=show, email=f"{code}@example.org", party=2, created_at=self.now, **more
        )


def test_films_tickets_and_accounts_from_before_get_their_search_words_and_addresses(migrate, monkeypatch):
    monkeypatch.setattr(import_module("cinema.migrations.0022_search_words_of_old_rows"), "BATCH", 2)
    apps = migrate("0021_search_words")
    world, users = World(apps), apps.get_model("cinema", "User").objects
    tickets = [world.ticket(f"ticket{number}") for number in range(3)]
    world.Ticket.objects.filter(code="ticket0").update(email="Asha@Müller.example")
    users.create(email="\uff4dike@example.org")
    users.create(email="\uff42en@example.org")
    users.create(email="ben@example.org")

    apps = migrate("0022_search_words_of_old_rows")

    words = apps.get_model("cinema", "TicketWord").objects.filter(theatre=world.screen.theatre_id)
    for ticket in apps.get_model("cinema", "Ticket").objects.filter(pk__in=[ticket.pk for ticket in tickets]):
        found = words.filter(ticket=ticket).order_by("word").values_list("word", flat=True)
        assert list(found) == sorted(words_of_person(ticket.name, ticket.email))
    assert apps.get_model("cinema", "Movie").objects.get().search_words == " film"
    assert apps.get_model("cinema", "Ticket").objects.get(code="ticket0").email == "asha@xn--mller-kva.example"
    known = apps.get_model("cinema", "User").objects.values_list("email", flat=True)
    assert set(known) == {"mike@example.org", "\uff42en@example.org", "ben@example.org"}  # two would have had one


def test_unsent_mails_of_the_version_before_are_sent_by_this_one(migrate):
    world = World(migrate("0026_mails_wait_in_an_outbox"))
    mailed = world.now - timedelta(days=3)
    world.ticket("unsent")
    world.moved(world.ticket("moved"))
    world.moved(world.ticket("exchanged", hold_at=world.show()))
    world.ticket("sent", emailed_at=mailed)
    world.ticket("long-ago", emailed_at=world.now - timedelta(days=40))
    world.ticket("over", show=world.show(starts_in=timedelta(days=-1)))
    world.ticket("pending", status="PENDING")
    world.ticket("choosing", show=world.cancelled_show(timedelta(days=1)))
    world.ticket("chose-not", show=world.cancelled_show(-timedelta(hours=1)))
    refunded = {"status": "CANCELLED", "cancelled_at": world.now + timedelta(seconds=1)}
    world.ticket("untold", show=world.cancelled_show(), emailed_at=mailed, **refunded)
    world.ticket("told", show=world.cancelled_show(), told_at=mailed, **refunded)
    world.entry("waits")
    world.entry("knows", emailed_at=mailed)
    show = world.show()
    offer = {"show": show, "status": "OFFERED", "offered_at": world.now}
    world.entry("offered", hold=world.hold(show, "living", "ACTIVE"), **offer)
    world.entry("missed", hold=world.hold(show, "lapsed", "ACTIVE", -timedelta(minutes=1)), **offer)

    mails = migrate("0027_unsent_mails_wait_in_the_outbox").get_model("cinema", "OutgoingMail").objects

    waiting = {mail.recipient.split("@")[0]: mail.kind for mail in mails.filter(due_at__isnull=False)}
    assert waiting == {
        "unsent": "TICKET",
        "moved": "SEATS_CHANGED",
        "exchanged": "EXCHANGED",
        "choosing": "SHOW_CANCELLED_OFFER",
        "untold": "CANCELLATION",
        "waits": "WAITING_JOINED",
        "offered": "WAITING_OFFER",
    }
    sent = {(mail.recipient.split("@")[0], mail.kind, mail.sent_at) for mail in mails.filter(due_at=None)}
    assert sent == {("sent", "TICKET", mailed), ("untold", "TICKET", mailed), ("told", "CANCELLATION", mailed)}
    assert {mail.language for mail in mails.all()} == {settings.LANGUAGE_CODE}
    call_command("migrate", verbosity=0)


def test_money_owed_to_buyers_of_shows_cancelled_before_is_no_revenue_any_more(migrate):
    world = World(migrate("0031_tokens_expire"))
    off = world.show("CANCELLED", revenue=Decimal("240.15"))
    world.payment(world.ticket("paid", show=off), amount=Decimal("100.10"))
    goodwill = world.ticket("goodwill", show=off)
    world.payment(goodwill, status="REPLACED")
    world.payment(goodwill, amount=Decimal("100.10"), back=Decimal("10.05"))
    world.payment(world.ticket("late", show=off, status="CANCELLED"), back=50)
    settled, goes_on = world.show("CANCELLED", revenue=50), world.show(revenue=100)
    world.payment(world.ticket("fee", show=settled, status="CANCELLED"), back=50)
    world.payment(world.ticket("coming", show=goes_on))

    shows = migrate("0032_owed_to_buyers").get_model("cinema", "Show").objects
    counted = {pk: (revenue, owed) for pk, revenue, owed in shows.values_list("pk", "revenue", "owed")}
    assert counted[off.pk] == (50, Decimal("190.15"))
    assert counted[settled.pk] == (50, 0)
    assert counted[goes_on.pk] == (100, 0)

    shows = migrate("0031_tokens_expire").get_model("cinema", "Show").objects
    assert dict(shows.filter(revenue__gt=0).values_list("pk", "revenue")) == {
        off.pk: Decimal("240.15"),
        settled.pk: 50,
        goes_on.pk: 100,
    }


def test_addresses_from_before_are_written_in_small_letters(migrate, monkeypatch):
    monkeypatch.setattr(import_module("cinema.migrations.0039_addresses_in_small_letters"), "BATCH", 2)
    world = World(migrate("0038_personal_data_is_erased"))
    for number in range(3):
        world.entry(f"entry{number}")
        world.ticket(f"ticket{number}")
    for model in (world.Ticket, world.WaitingEntry):
        model.objects.update(email="Asha@Example.ORG")

    apps = migrate("0039_addresses_in_small_letters")

    for name in ("Ticket", "WaitingEntry"):
        emails = apps.get_model("cinema", name).objects.values_list("email", flat=True)
        assert list(emails) == ["asha@example.org"] * 3


def test_leases_of_background_jobs_keep_their_time(migrate):
    due_at = timezone.now()
    chores = migrate("0039_addresses_in_small_letters").get_model("cinema", "Chore").objects
    chores.create(name="sweep", due_at=due_at)

    leases = migrate("0040_job_leases").get_model("cinema", "JobLease").objects
    assert list(leases.values_list("name", "due_at")) == [("sweep", due_at)]


def test_what_audit_details_decided_before_is_kept_in_tables(migrate):
    apps = migrate("0040_job_leases")
    world = World(apps)
    events = apps.get_model("cinema", "AuditEvent").objects
    happened = partial(events.create, subject="it")

    show, other = world.show(), world.show()
    block = apps.get_model("cinema", "SeatBlock").objects.create(
        screen=world.screen, kind="HOUSE", from_day=world.now.date(), created_at=world.now
    )
    released = {"block": block.pk, "kind": "HOUSE"}
    happened(action="UNBLOCK", show=show, details=released)
    happened(action="UNBLOCK", show=show, details=released)
    happened(action="UNBLOCK", show_id=other.pk + 1, details=released)  # of a show deleted since
    happened(action="UNBLOCK", details=released)  # the block was lifted

    moved_at = world.now - timedelta(minutes=2)
    happened(action="SHOW", show=show, at=moved_at, details={"changes": {"starts_at": ["20:00", "21:00"]}})
    happened(action="SHOW", show=show, at=world.now, details={"changes": {"trailers": [15, 20]}})
    happened(action="SHOW", show_id=other.pk + 1, details={"changes": {"screen": ["1", "2"]}})
    world.ticket("before", show=show, created_at=moved_at - timedelta(minutes=1))
    world.ticket("after", show=show)

    upload = f"7-{'0' * 32}"
    skipped = [[3, "no runtime", "", "Lost"]]
    imported = happened(action="IMPORT", details={"created": 2, "upload": upload, "skipped": skipped})
    again = happened(action="IMPORT", details={"created": 0, "upload": upload})
    from_disk = happened(action="IMPORT", details={"created": 1})
    happened(action="IMPORT", details={"shows": 3})  # of shows

    order = world.ticket("order", show=other)
    cancelled = happened(action="CANCEL", ticket=order, details={"key": "one", "amount": "50.00"})
    happened(action="CANCEL", ticket=order, details={"key": "one"})
    happened(action="MOVE", ticket=order, details={"before": ["A1"], "after": ["A2"]})
    happened(action="ADMIN", details={"kind": "genre", "key": 1})

    theatre = world.screen.theatre
    renamed = {"kind": "theatre", "key": theatre.pk, "version": 2, "changes": {"name": ["Orion", "Galaxy"]}}
    happened(action="THEATRE", theatre=theatre, details={"kind": "theatre", "key": theatre.pk, "version": 1})
    edited = happened(action="THEATRE", theatre=theatre, details=renamed)
    happened(action="PRICES", theatre=theatre, details={"kind": "tickettype", "key": 1, "changes": {"rank": [1, 2]}})

    apps = migrate("0045_edits")
    releases = apps.get_model("cinema", "HouseSeatRelease").objects
    assert list(releases.values_list("block", "show")) == [(block.pk, show.pk)]
    shows, tickets = (apps.get_model("cinema", name).objects for name in ("Show", "Ticket"))
    assert dict(shows.values_list("pk", "offer_version")) == {show.pk: 1, other.pk: 0}
    assert dict(tickets.values_list("code", "offer_version")) == {"before": 0, "after": 1, "order": 0}
    imports = apps.get_model("cinema", "FilmImport").objects
    assert list(imports.order_by("pk").values_list("pk", "upload", "created", "skipped")) == [
        (imported.pk, upload, 2, skipped),
        (again.pk, "", 0, []),
        (from_disk.pk, "", 1, []),
    ]
    actions = apps.get_model("cinema", "StaffAction").objects
    assert list(actions.values_list("ticket", "key", "event")) == [(order.pk, "one", cancelled.pk)]
    edits = apps.get_model("cinema", "Edit").objects
    assert list(edits.filter(version=2).values_list("event", "kind", "key", "changes")) == [
        (edited.pk, "theatre", theatre.pk, {"name": ["Orion", "Galaxy"]})
    ]
    assert edits.count() == 2
    assert apps.get_model("cinema", "Theatre").objects.get().version == 2
    call_command("migrate", verbosity=0)


BEFORE_ORDERS, ORDERS = "0050_refunds_fail_and_payments_are_disputed", "0053_buyers_of_orders"
[(_, NEWEST)] = MigrationLoader(None).graph.leaf_nodes("cinema")  # whose tables today's code fills
PRICES, TAXES = (
    ("0.01", "0.05", "1.00", "99.99", "118.01", "250.00", "1180.35"),
    ("0", "0.5", "5", "12.25", "18", "100"),
)


def test_every_ticket_gets_an_order_of_its_buyer_with_a_line_for_each_seat(migrate):
    apps = migrate(BEFORE_ORDERS)
    world = World(apps)
    buyer = apps.get_model("cinema", "User").objects.create(email="asha@example.org")
    accepted = {"user": buyer, "phone": "022 123456", "terms_version": 2, "terms_accepted_at": world.now}
    statuses = {"paid": "CONFIRMED", "open": "PENDING", "over": "EXPIRED", "back": "CANCELLED"}
    tickets = {code: world.ticket(code, status=status, **accepted) for code, status in statuses.items()}
    world.payment(tickets["paid"])
    world.Hold.objects.filter(code="open").update(buyer="api:7:secret")
    words = apps.get_model("cinema", "TicketWord").objects
    words.create(ticket=tickets["paid"], theatre=world.screen.theatre, word="asha")
    show_seat = world.ShowSeat.objects.create(show=tickets["paid"].show, seat=world.seat, price=100)
    seats = apps.get_model("cinema", "TicketSeat").objects
    for price, tax in product(PRICES, TAXES):
        row = {"ticket": tickets["paid"], "show_seat": show_seat, "active": False}
        seats.create(price=Decimal(price), tax_percent=Decimal(tax), **row)

    apps = migrate(ORDERS)

    all_orders, words, lines = (apps.get_model("cinema", name).objects for name in ("Order", "OrderWord", "OrderLine"))
    orders = {order.code: order for order in all_orders.prefetch_related("tickets")}
    assert {code: order.status for code, order in orders.items()} == {
        "paid": "PAID", "open": "OPEN", "over": "EXPIRED", "back": "CANCELLED",
    }  # fmt: skip
    for code, order in orders.items():
        [ticket] = order.tickets.all()
        assert (ticket.code, order.reference, order.total) == (code, ticket.reference, ticket.amount)
        assert (order.name, order.email, order.phone) == (code, f"{code}@example.org", "022 123456")
        assert (order.user_id, order.terms_version, order.terms_accepted_at) == (buyer.pk, 2, world.now)
        assert (order.theatre_id, order.created_at) == (world.screen.theatre_id, world.now)
        assert (order.language, order.currency) == (settings.LANGUAGE_CODE, "INR")
        assert order.channel == ("API" if code == "open" else "WEB")
    assert list(words.values_list("order__code", "word")) == [("paid", "asha")]
    lines = lines.select_related("ticket_seat")
    assert len(lines) == len(PRICES) * len(TAXES)
    for line in lines:
        seat = line.ticket_seat
        assert (line.order, line.kind, line.quantity) == (orders["paid"], "SEAT", 1)
        assert line.unit_price == line.amount == line.reported_price == seat.price
        assert (line.tax_percent, line.tax) == (seat.tax_percent, tax_in(seat.price, seat.tax_percent))
    following = all_orders.create(theatre_id=world.screen.theatre_id, total=0, created_at=world.now)
    assert following.pk > max(order.pk for order in orders.values())


def test_a_payment_becomes_that_of_an_order_and_a_refund_that_of_its_ticket(migrate):
    world = World(migrate(BEFORE_ORDERS))
    later = {"settled_at": world.now + timedelta(minutes=1)}
    twice, once = world.ticket("twice"), {"settled_at": world.now}
    world.payment(twice, back=100, **later)
    world.payment(twice, back=30, **once)
    world.payment(world.ticket("back", status="CANCELLED"), back=60, **once)
    world.payment(world.ticket("late", status="EXPIRED", confirmed_at=None), back=100, **once)
    world.payment(world.ticket("open", status="PENDING", confirmed_at=None), status="PENDING")

    migrate(NEWEST)

    payments = Payment.objects.values_list("code", "order__code")
    assert all(payment.startswith(order) for payment, order in payments) and len(payments) == 5
    assert dict(Refund.objects.values_list("code", "ticket__code")) == {
        "twice-0": None, "twice-1": "twice", "back-0": "back", "late-0": "late",
    }  # fmt: skip
    assert dict(Ticket.objects.values_list("code", "kept")) == {"twice": 70, "back": 40, "late": 0, "open": 0}


def test_orders_paid_before_get_no_receipts_and_those_still_unpaid_will(migrate):
    world = World(migrate(BEFORE_ORDERS))
    world.payment(world.ticket("paid"), back=30, settled_at=world.now)
    world.payment(world.ticket("back", status="CANCELLED"), back=100, settled_at=world.now)
    world.payment(world.ticket("late", status="EXPIRED", confirmed_at=None), status="FAILED")
    world.payment(world.ticket("open", status="PENDING", confirmed_at=None), status="PENDING")

    migrate(NEWEST)

    due = {"paid": False, "back": False, "late": True, "open": True}
    assert dict(Order.objects.values_list("code", "receipt_due")) == due
    assert not Refund.objects.filter(credit_note_due=True).exists()
    assert (issue_due_receipts(), Receipt.objects.count()) == (0, 0)
    assert issue_receipts(order_id=sold(ShowFactory(), "A1").order_id) == 1
    with pytest.raises(DatabaseError, match="only ever added to"):
        Receipt.objects.all()._raw_delete("default")


def test_the_one_tax_of_a_theatre_becomes_a_rule_for_all_that_is_sold_but_gift_cards(migrate):
    theatres = migrate("0057_fees_and_coupons").get_model("cinema", "Theatre").objects
    for name, percent in [("Galaxy", "12.25"), ("Orion", "0")]:
        theatres.create(name=name, slug=name, city="Pune", time_zone="Asia/Kolkata", tax_percent=Decimal(percent))

    migrate(NEWEST)

    galaxy, orion = Theatre.objects.order_by("name")
    taxes = taxes_at(galaxy, timezone.now())
    rates = {kind: taxes.percent(kind, Decimal(250)) for kind in OrderLine.Kind.values}
    assert rates == dict.fromkeys(rates, 0) | dict.fromkeys(["SEAT", "FEE", "PRODUCT"], Decimal("12.25"))
    assert (orion.tax_version, orion.tax_rules.count()) == ("", 0)

    theatres = migrate("0057_fees_and_coupons").get_model("cinema", "Theatre").objects
    assert dict(theatres.values_list("name", "tax_percent")) == {"Galaxy": Decimal("12.25"), "Orion": 0}
    call_command("migrate", verbosity=0)


def test_a_cinema_with_a_past_migrates_to_orders_and_back_to_the_cent(migrate, monkeypatch):
    migrate(NEWEST)
    monkeypatch.setattr(year, "DAYS", 2)
    monkeypatch.setattr(year, "CANCELLED", 0.05)
    monkeypatch.setattr(year_house, "SCREENS", 2)
    monkeypatch.setattr(year_sales, "KEPT_FOR", timedelta(hours=2))
    for movie in MovieFactory.create_batch(6, runtime=110):
        movie.languages.add(LanguageFactory())
    year.load()
    figures, rows = taken(), sold_rows()
    assert Order.objects.count() > 100 and list(ledger_faults()) == []
    assert allocated_in_all() == Show.objects.aggregate(sum=Sum("revenue"))["sum"] > 0

    migrate(BEFORE_ORDERS)
    migrate(NEWEST)

    assert taken() == figures
    assert sold_rows() == rows
    assert list(ledger_faults()) == []


def test_payments_refunds_and_disputes_from_before_get_their_entries(migrate, monkeypatch):
    monkeypatch.setattr(import_module("cinema.migrations.0066_entries_of_old_payments"), "BATCH", 3)
    migrate(NEWEST)
    show = ShowFactory(price=118, screen__theatre__tax=18, screen__theatre__refund_percent=50)
    every_kind_of_money(show)
    written = entries()
    assert {kind for kind, *_ in written} == set(MoneyEntry.Kind) - NOT_OF_ORDERS
    assert len(written) == MoneyEntry.objects.count()

    migrate(BEFORE_ENTRIES)
    assert not MoneyEntry.objects.exists()
    migrate(NEWEST)

    assert entries().keys() == written.keys()
    for facts, at in entries().items():
        assert abs(at - written[facts]) < timedelta(seconds=1)  # of a step, each row has a time of its own
    assert list(map(str, ledger_faults())) == []
    with pytest.raises(DatabaseError, match="only ever added to"):
        MoneyEntry.objects.all()._raw_delete("default")


BEFORE_ENTRIES = "0065_receipts"
OF_TILLS = {"TILL_OPENED", "DROP", "PAID_IN", "PAID_OUT", "VARIANCE", "TILL_CLOSED", "ROUNDING"}
OF_TILLS |= {"INVOICE_PAID", "INVOICE_UNDONE"}
NOT_OF_ORDERS = {"REFUND_UNDONE", "PROVIDER_FEE", "PAYOUT"} | OF_TILLS  # of what came back nothing is known later


def entries() -> dict:
    """The moment of every entry, by what it is about."""
    facts = ("kind", "debit", "credit", "amount", "currency", "theatre", "order", "payment", "refund", "dispute")
    return {tuple(about): at for *about, at in MoneyEntry.objects.values_list(*facts, "at")}


def every_kind_of_money(show: Show) -> None:
    """Tickets that were paid, paid twice and too late, returned, cancelled, refunded and disputed."""
    clerk = staff(show.screen.theatre, BOX_OFFICE)
    sold(show, "A1 A2")
    sold(ShowFactory(price=0), "A1")
    cancel_ticket(code=sold(show, "A3 A4", buyer="ben").code)
    cancel_ticket(code=sold(show, "A5", buyer="cleo").code)
    due(*Refund.objects.all())
    send_due_refunds()
    cancel_ticket(code=sold(show, "A6", buyer="dora").code)
    Refund.objects.filter(status="PENDING").update(status="FAILED")
    asked = RequestedAction(clerk, "by transfer", 0, "one")
    settle_by_hand(
        code=Ticket.objects.latest("pk").code, refund_id=Refund.objects.get(status="FAILED").pk, requested=asked
    )
    returning = sold(show, "B1 B2 B3", buyer="emil")
    return_seats(code=returning.code, seat_ids=seat_ids(show, "B1"), requested=asked)
    give_goodwill(code=sold(show, "B4", buyer="fred").code, amount=Decimal("0.05"), requested=asked)
    late = booked(show, "B5", buyer="gina")
    lapsed(ticket_of(late).hold)
    sold(show, "B5", buyer="hugo")
    settle_payment(report=report(late))
    for number, state in enumerate(DisputeState):
        sale = sold(show, f"C{number + 1}", buyer=state)
        sale.order.payments.update(capture_id=f"pay_{number}")
        facts = {"dispute_id": f"dp_{number}", "capture_id": f"pay_{number}", "amount": 11_800, "currency": "INR"}
        receive_dispute(report=DisputeReport(state=DisputeState.OPEN, **facts), gateway="sandbox")
        receive_dispute(report=DisputeReport(state=state, **facts), gateway="sandbox")


def allocated_in_all() -> Decimal:
    return sum(
        amount for account, amount in balances(MoneyEntry.objects.all()).items() if kind_of(account) in ALLOCATED
    )


def taken() -> list:
    """The distributors' reports and the sales of the demo's year, to the cent."""
    theatre = Theatre.objects.get(slug=year_house.SLUG)
    days = Show.objects.aggregate(first=Min("trading_day"), last=Max("trading_day"))
    period = Period(days["first"], days["last"])
    films = [film_report(theatre, movie, period) for movie in Movie.objects.order_by("pk")]
    sheets = [list(sheet(theatre, period).rows) for sheet in (sale_sheet, show_sheet)]
    return [[(film.total, film.kinds, film.other, film.owed) for film in films], *sheets]


def sold_rows() -> list:
    """Every order with its buyer and ticket, every line with its seat, and every entry in the accounts."""
    order = ("reference", "status", "total", "name", "email", "phone", "channel", "theatre", "tickets__reference")
    line = ("order__reference", "ticket_seat", "amount", "tax", "reported_price")
    entry = ("order__reference", "at", "kind", "debit", "credit", "amount", "refund__amount", "payment__amount")
    words = OrderWord.objects.order_by("order__reference", "word").values_list("order__reference", "word")
    return [
        list(Order.objects.order_by("reference").values_list(*order)),
        list(OrderLine.objects.order_by("ticket_seat").values_list(*line)),
        list(words),
        sorted(MoneyEntry.objects.values_list(*entry), key=str),
    ]
