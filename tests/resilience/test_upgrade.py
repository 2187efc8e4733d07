"""Migrations with data in place, on a database of their own."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from secrets import token_hex

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.resilience.site import Site, speaking_with

pytestmark = pytest.mark.site


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

    def payment(self, ticket, amount=100, status="SUCCESS", back=0):
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
