"""Factories of test data. Each makes something ordinary and valid; a test names only what it is about."""

import re
from collections.abc import Sequence
from datetime import UTC, date, time, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from cinema.domain.money import to_minor
from cinema.gateways.base import PaymentReport, Result
from cinema.models import (
    CheckIn,
    Coupon,
    FurtherFilm,
    Genre,
    GiftCard,
    Hold,
    Invoice,
    Language,
    LegalText,
    Movie,
    OrderLine,
    ParkedSale,
    Payment,
    PaymentMode,
    Price,
    PriceCard,
    PrivateHire,
    Receipt,
    SandboxCharge,
    Screen,
    Season,
    SeatBlock,
    SeatCategory,
    Show,
    ShowSeat,
    StaffRole,
    TaxRule,
    Theatre,
    Ticket,
    TicketType,
    TillSession,
    User,
    Voucher,
    WaitingEntry,
)
from cinema.models.codes import new_code
from cinema.models.retries import Retried
from cinema.selectors.booking.gift_cards import GiftCardRequest
from cinema.selectors.orders.counter import SaleInput, new_buyer, sale_in_hand
from cinema.selectors.orders.show_cancellations import kept_for_buyers
from cinema.services.booking.blocks import BlockTerms, apply_blocks, block_seats
from cinema.services.booking.booking import book_holds, book_tickets
from cinema.services.booking.booking_requests import Basket, BookingRequest, Contact
from cinema.services.booking.holds import hold_seats
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.booking.waiting import join_waiting_list
from cinema.services.door.check_ins import Door, Scan, check_in
from cinema.services.films.seasons import SeasonPlan, add_season
from cinema.services.halls.halls import build_screen
from cinema.services.money.counter_actions import Permission
from cinema.services.money.gift_card_orders import GiftCardPlan, order_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.money.tills import open_till, save_till
from cinema.services.money.vouchers import VoucherPlan, issue_vouchers
from cinema.services.orders.allowances import PriceRequest, allow_price
from cinema.services.orders.counter import CounterSale, CounterSeatRequest, Tender, hold_for_sale, take_payment
from cinema.services.orders.invoices import Terms, sell_on_invoice
from cinema.services.orders.parking import Parking, park_sale
from cinema.services.schedule.private_hires import HireTerms, add_hire
from cinema.services.schedule.schedule import ShowPlan, schedule_shows
from cinema.services.schedule.showtimes import local_moment

MANAGER, BOX_OFFICE, USHER = StaffRole.Role.MANAGER, StaffRole.Role.BOX_OFFICE, StaffRole.Role.USHER
PASSWORD = "correct horse battery"
CONTACT = Contact("Asha Rao", "asha@example.org", "+91 98200 12345")


class UserFactory(DjangoModelFactory):
    """A user who signs in with PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"asha{n}@example.org")
    name = "Asha Rao"
    password = Password(PASSWORD)


def staff(theatre: Theatre | None, *roles: str, **fields: Any) -> User:
    """A user with these roles at the theatre: staff(theatre, MANAGER)."""
    user = UserFactory(**fields)
    StaffRole.objects.bulk_create(StaffRole(user=user, theatre=theatre, role=role) for role in roles)
    return user


def owner(**fields: Any) -> User:
    """A user who may do everything."""
    return UserFactory(is_staff=True, is_superuser=True, **fields)


class GenreFactory(DjangoModelFactory):
    class Meta:
        model = Genre
        django_get_or_create = ["slug"]

    name = "Drama"
    slug = factory.LazyAttribute(lambda genre: genre.name.lower())


class LanguageFactory(DjangoModelFactory):
    class Meta:
        model = Language
        django_get_or_create = ["code"]

    code = "hi"
    name = "Hindi"


class MovieFactory(DjangoModelFactory):
    class Meta:
        model = Movie

    title = factory.Sequence(lambda n: f"The Film {n}")
    slug = factory.LazyAttribute(lambda movie: movie.title.lower().replace(" ", "-"))
    year = 2024
    runtime = 120
    certificate = "UA"


class TheatreFactory(DjangoModelFactory):
    """A theatre without seating rules, unless the test sets them."""

    class Meta:
        model = Theatre

    name = factory.Sequence(lambda n: f"Galaxy {n}")
    slug = factory.LazyAttribute(lambda theatre: theatre.name.lower().replace(" ", "-"))
    city = "Mumbai"
    address = "1 Marine Drive"
    time_zone = "Asia/Kolkata"
    single_seats = Theatre.SingleSeats.ALLOW

    @classmethod
    def _create(cls, model: type[Theatre], *, tax: Decimal | int | None = None, **fields: Any) -> Theatre:
        """``tax`` is the percentage in the price of every ticket."""
        theatre = model.objects.create(**fields)
        if tax is not None:
            tax_rule(theatre, tax)
        return theatre


class SeatCategoryFactory(DjangoModelFactory):
    class Meta:
        model = SeatCategory
        django_get_or_create = ["theatre", "rank"]

    theatre = factory.SubFactory(TheatreFactory)
    name = factory.LazyAttribute(lambda category: {1: "Classic", 2: "Premium", 3: "Recliner"}[category.rank])
    rank = 1


class ScreenFactory(DjangoModelFactory):
    """A screen of ``rows`` × ``columns`` seats, A1 first; or the ``plan`` given, as seating.drawings reads it,
    in which a, b and c stand for Classic, Premium and Recliner (A, B and C for love seats of these)."""

    class Meta:
        model = Screen
        exclude = ["rows", "columns"]

    rows = 3
    columns = 8
    theatre = factory.SubFactory(TheatreFactory)
    name = factory.Sequence(lambda n: f"Screen {n}")
    plan = factory.LazyAttribute(lambda screen: "\n".join(["a" * screen.columns] * screen.rows))

    @classmethod
    def _create(cls, model: type[Screen], *, theatre: Theatre, plan: str, **fields: Any) -> Screen:
        known = {category.rank: category for category in theatre.seat_categories.all()}
        categories = {
            letter: known.get(rank) or SeatCategoryFactory(theatre=theatre, rank=rank)
            for rank, letter in enumerate("abc", start=1)
            if letter in plan.lower()
        }
        return build_screen(theatre=theatre, plan=plan, categories=categories, **fields)


class ShowFactory(DjangoModelFactory):
    """A show tomorrow at 18:00 on the theatre's clock, all seats for sale: Classic at ``price``, each better
    category for 100 more."""

    class Meta:
        model = Show

    movie = factory.SubFactory(MovieFactory)
    screen = factory.SubFactory(ScreenFactory)
    language = factory.SubFactory(LanguageFactory)
    price = Decimal(250)

    @factory.lazy_attribute
    def starts_at(self):
        theatre = self.screen.theatre
        tomorrow = timezone.now().astimezone(theatre.tz).date() + timedelta(days=1)
        return local_moment(tomorrow, time(18), theatre)

    @classmethod
    def _create(cls, model: type[Show], *, price: Decimal | int, **fields: Any) -> Show:
        if fields.get("further"):
            categories = SeatCategory.objects.filter(theatre=fields["screen"].theatre_id)
            prices = {category.pk: Decimal(price) + 100 * (category.rank - 1) for category in categories}
            return schedule_one(prices=prices, **fields)
        return put_on_sale(ShowPlan(**fields).show(), price)


@transaction.atomic
def put_on_sale(show: Show, price: Decimal | int) -> Show:
    """Save a show with its seats, as schedule_shows does but without its checks: the tests make thousands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cinema_seat WHERE screen_id = %s AND retired_at IS NULL", [show.screen_id])
        show.seats_total = show.seats_free = cursor.fetchone()[0]
        show.save(force_insert=True)
        cursor.execute(SEATS_AT_SHOW, [show.pk, price, show.screen_id])
    apply_blocks(shows=[show])
    return show


SEATS_AT_SHOW = """
    INSERT INTO cinema_showseat (show_id, seat_id, status, price)
    SELECT %s, seat.id, 'AVAILABLE', %s + 100 * (category.rank - 1)
    FROM cinema_seat seat JOIN cinema_seatcategory category ON category.id = seat.category_id
    WHERE seat.screen_id = %s AND seat.retired_at IS NULL
    ORDER BY seat.y, seat.x
"""


def double_bill(**fields: Any) -> Show:
    """A show of “Alien” and, after a break of 15 minutes, “Brazil”, which has 40 percent of the takings."""
    first = fields.pop("movie", None) or MovieFactory(title="Alien", runtime=115, certificate="12")
    second = fields.pop("second", None) or MovieFactory(title="Brazil", runtime=130, certificate="18")
    return ShowFactory(movie=first, further=(FurtherFilm(second, 15, Decimal(40)),), **fields)


def private_hire(screen: Screen, *, after: timedelta = timedelta(), hours: int = 3, **facts: Any) -> PrivateHire:
    """A hire of the screen at noon UTC in three days, or so long ``after``."""
    starts_at = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3) + after
    usual = {"occasion": "Birthday", "contact": "Asha Rao", "starts_at": starts_at}
    terms = HireTerms(**usual | {"screen": screen, "ends_at": starts_at + timedelta(hours=hours)} | facts)
    return add_hire(theatre=screen.theatre, terms=terms, user=None)


def season(*movies: Movie, title: str = "Kurosawa season", **conditions: Any) -> Season:
    """A season of these films; ``conditions`` are fields of a SeasonPlan."""
    return add_season(plan=SeasonPlan(title=title, movies=movies, **conditions), user=None)


def published(*kinds: str, text: str = "# Who we are\n\nAsha Rao, Mumbai") -> None:
    """Publish these legal texts."""
    for kind in kinds:
        LegalText.objects.get_or_create(kind=kind, version=1, defaults={"text": text, "created_at": timezone.now()})


def tax_rule(theatre: Theatre, percent: Decimal | int, **fields: Any) -> TaxRule:
    """A tax rule; without more ``fields``, for tickets of every price since long ago."""
    fields = {"kind": OrderLine.Kind.SEAT, "from_day": date(2000, 1, 1)} | fields
    rule = TaxRule.objects.create(theatre=theatre, percent=percent, **fields)
    theatre.tax_version = new_code()
    theatre.save(update_fields=["tax_version"])
    return rule


def price_card(theatre: Theatre, name: str = "Standard", **amounts: Decimal | int) -> PriceCard:
    """A price card on which the seats of every category of the theatre cost these ``amounts`` by kind of ticket,
    each better category 100 more: price_card(theatre, adult=250, child=150). The first kind is the plain one."""
    card = PriceCard.objects.create(theatre=theatre, name=name)
    categories = list(theatre.seat_categories.all())
    for rank, (kind, amount) in enumerate((amounts or {"adult": 250}).items(), start=1):
        ticket_type, _ = TicketType.objects.get_or_create(theatre=theatre, name=kind.title(), defaults={"rank": rank})
        Price.objects.bulk_create(
            Price(card=card, category=category, ticket_type=ticket_type, amount=amount + 100 * (category.rank - 1))
            for category in categories
        )
    return card


def coupon(theatre: Theatre | None, kind: str = "PERCENT", value: Decimal | int = 10, **fields: Any) -> Coupon:
    """A coupon of the theatre (None: of all), by default of 10 percent: coupon(theatre, code="TEN"). Without a code it
    is automatic."""
    types = fields.pop("ticket_types", ())
    made = Coupon.objects.create(
        theatre=theatre, kind=kind, value=value, name=fields.pop("name", fields.get("code") or "Offer"), **fields
    )
    made.ticket_types.set(types)
    if made.code is None:
        Theatre.objects.update(has_automatic_coupons=True)
    return made


def schedule_one(**fields: Any) -> Show:
    """Schedule one show; ``fields`` are those of a ShowPlan."""
    return schedule_shows(plans=[ShowPlan(**fields)])[0]


def put_off_sale(*, screen: Screen, seat_ids: Sequence[int], user: User | None = None, **terms: Any) -> SeatBlock:
    """Block seats of a screen; ``terms`` are the fields of BlockTerms."""
    return block_seats(screen=screen, seat_ids=seat_ids, terms=BlockTerms(**terms), user=user)


def on_card(*, card: PriceCard | None = None, screen: Screen | None = None, plan: str = "aaaa", **fields: Any) -> Show:
    """A show tomorrow at 18:00 priced by ``card``, or by one made of amounts: on_card(adult=250, child=150)."""
    amounts = {name: fields.pop(name) for name in [*fields] if isinstance(fields[name], int | Decimal)}
    screen = screen or ScreenFactory(plan=plan, **({"theatre": card.theatre} if card else {}))
    card = card or price_card(screen.theatre, **amounts)
    tomorrow = timezone.now().astimezone(screen.theatre.tz).date() + timedelta(days=1)
    fields.setdefault("starts_at", local_moment(tomorrow, time(18), screen.theatre))
    fields["movie"] = fields.get("movie") or MovieFactory()
    return schedule_one(screen=screen, prices={}, price_card=card, language=LanguageFactory(), **fields)


LABEL = re.compile(r"([A-Z]+)(\d+)")


def seat(show: Show, name: str) -> ShowSeat:
    """The seat with the label “G8” at the show, freshly read.

    A removed seat is returned only if no other has that label.
    """
    row, number = LABEL.fullmatch(name).groups()
    called = ShowSeat.objects.select_related("seat", "hold").filter(show=show, seat__row=row, seat__number=number)
    return called.exclude(status=ShowSeat.Status.REMOVED).first() or called.get()


def seat_ids(show: Show, names: str) -> list[int]:
    """Return the keys of the seats “G8 G9” at the show, as seat() finds them."""
    labels = [LABEL.fullmatch(name).groups() for name in names.split()]
    rows, numbers = {row for row, _ in labels}, {number for _, number in labels}
    seats = ShowSeat.objects.filter(show=show, seat__row__in=rows, seat__number__in=numbers)
    found: dict[str, int] = {}
    for row, number, status, pk in seats.values_list("seat__row", "seat__number", "status", "pk"):
        if status != ShowSeat.Status.REMOVED or f"{row}{number}" not in found:
            found[f"{row}{number}"] = pk
    return [found[name] for name in names.split()]


def held(show: Show, names: str, buyer: str = "asha") -> Hold:
    """Hold the seats “G8 G9” for the buyer."""
    return hold_seats(show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer)


def order_hold(
    *, code: str, buyer: str, seen: Decimal | None = None, seen_seats: Sequence[int] = (), **how: Any
) -> Payment:
    """Check out a hold; ``how`` are the fields of a BookingRequest."""
    return book_holds(basket=Basket(buyer, [code], seen, seen_seats), request=BookingRequest(**how))


def order_holds(*holds: Hold, **how: Any) -> Payment:
    """Check out several holds of a buyer with one order."""
    how = {"contact": CONTACT, "mode": "UPI", "key": "basket"} | how
    basket = Basket(holds[0].buyer, [hold.code for hold in holds])
    return book_holds(basket=basket, request=BookingRequest(**how))


def order_seats(*, client_ip: str = "", staff: bool = False, insist: bool = False, **how: Any) -> Payment:
    """Book seats in one step, as the JSON interface does; ``how`` are the fields of a BookingRequest and ``show_id``,
    ``seat_ids`` and ``buyer``."""
    source = None if staff else Source.of(client_ip=client_ip, program=how.get("owner", ""))
    show_id, seat_ids, buyer = (how.pop(name) for name in ("show_id", "seat_ids", "buyer"))
    seats = SeatRequest(show_id, seat_ids, buyer, source, insist, staff)
    return book_tickets(seats=seats, request=BookingRequest(**how))


def booked(show: Show, names: str, buyer: str = "asha", **how: Any) -> Payment:
    """Book the seats for the buyer, up to the payment page of the test gateway."""
    payment = order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer=buyer,
        contact=CONTACT,
        mode=PaymentMode.UPI,
        key=f"{buyer} wants {names} at {show.pk}",
        **how,
    )
    start_payment(payment=payment)
    return payment


def report(payment: Payment, result: Result = Result.PAID) -> PaymentReport:
    """The test gateway's report of the payment, which it repeats from now on. What was paid stays paid there, although
    an older report may arrive later."""
    SandboxCharge.objects.filter(reference=payment.code).exclude(status=Result.PAID).update(status=result)
    amount = to_minor(payment.amount, payment.currency)
    return PaymentReport(reference=payment.code, result=result, amount=amount, currency=payment.currency)


def sold(show: Show, names: str, buyer: str = "asha") -> Ticket:
    """Sell the seats to the buyer, paid and confirmed."""
    return ticket_of(settle_payment(report=report(booked(show, names, buyer))))


def gift_order(
    theatre: Theatre | None = None, amount: Decimal | int = 500, key: str = "a key of 16 chars", **plan: Any
) -> Payment:
    """Order a gift card, up to the payment page of the test gateway; ``plan`` are fields of a GiftCardPlan."""
    wanted = GiftCardPlan(theatre or TheatreFactory(), Decimal(amount), **plan)
    request = BookingRequest(CONTACT, PaymentMode.UPI, key)
    payment = order_gift_card(plan=wanted, request=request, buyer="asha", client_ip="")
    start_payment(payment=payment)
    return payment


def gift_card(theatre: Theatre | None = None, amount: Decimal | int = 500, **plan: Any) -> GiftCard:
    """A gift card that was bought and paid for."""
    payment = gift_order(theatre, amount, **{"key": new_code()} | plan)
    settle_payment(report=report(payment))
    return GiftCard.objects.get(order_line__order=payment.order)


def zone_at(hour: int) -> str:
    """A time zone in which it is ``hour`` o’clock now, and some minutes."""
    return f"Etc/GMT{(timezone.now().astimezone(UTC).hour - hour + 14) % 24 - 14:+d}"


def in_the_afternoon() -> str:
    """A time zone in which it is between 14:00 and 15:00 now, far from the change of trading days."""
    return zone_at(14)


def till_session(theatre: Theatre | None = None, by: User | None = None, float: int = 100, **till: Any) -> TillSession:
    """An open session of a new till with a float in hundreds; ``till`` are arguments of save_till()."""
    theatre = theatre or TheatreFactory()
    by = by or staff(theatre, BOX_OFFICE)
    made = save_till(theatre=theatre, by=by, **{"name": f"Till {theatre.tills.count() + 1}"} | till)
    return open_till(theatre=theatre, pk=made.pk, counts={"100": float // 100}, by=by)


def vouchers(theatre: Theatre | None, number: int = 1, **plan: Any) -> list[Voucher]:
    """A batch of vouchers of the theatre (None: of all); ``plan`` are fields of a VoucherPlan."""
    plan["face_value"] = Decimal(plan.get("face_value", 0))
    wanted = VoucherPlan(**{"name": "Acme", "number": number, "everywhere": theatre is None} | plan)
    batch = issue_vouchers(theatre=theatre or TheatreFactory(), plan=wanted, user=None)
    return list(batch.vouchers.select_related("batch").order_by("pk"))


def counter_sale(
    session: TillSession, show: Show, names: str = "", party: int = 1, buyer: str = "counter", **more: Any
) -> CounterSale:
    """Hold seats “G8 G9” of a show, or the best ones, for a sale at a till; ``more`` are fields of a CounterSale."""
    seats = seat_ids(show, names) if names else ()
    wanted = CounterSeatRequest(show.pk, {0: len(seats) or party}, seats)
    hold_for_sale(theatre=session.theatre, buyer=buyer, wanted=wanted, by=session.opened_by)
    chosen = more.pop("chosen", SaleInput())
    sale = sale_in_hand(session.theatre, buyer, chosen)
    return CounterSale(session, buyer, chosen, seen=sale.quote.total, **more)


def sale_of_cards(session: TillSession, *amounts: int, email: str = "") -> CounterSale:
    """A sale of nothing but gift cards, of these amounts, at a till."""
    chosen, buyer = SaleInput(bought=[GiftCardRequest(Decimal(amount), email) for amount in amounts]), new_buyer()
    sale = sale_in_hand(session.theatre, buyer, chosen)
    return CounterSale(session, buyer, chosen, sale.quote.total, Contact("", ""), seen_rest=sale.rest)


def paid_at_till(
    session: TillSession, sale: CounterSale, mode: str = "CASH", amount: Decimal | int | None = None, **more: Any
) -> Payment:
    """Take a payment of a sale at a till; ``more`` are fields of a Tender."""
    given = None if amount is None else Decimal(amount)
    tender = Tender(mode, more.pop("key", new_code()), given, **more)
    return take_payment(sale=sale, tender=tender, by=session.opened_by)


def permission(session: TillSession, reason: str, boss: User | None = None, key: str = "") -> Permission:
    """The seller of a session acts; ``boss`` has allowed it, or the seller."""
    return Permission(session.opened_by, boss or session.opened_by, reason, key or new_code())


def on_invoice(
    session: TillSession, sale: CounterSale, days: int = 14, boss: User | None = None, key: str = ""
) -> Invoice:
    """Sell what is left to pay of a sale on invoice, to a school."""
    terms = Terms("City School", "1 School Road", "TAX 1", days)
    payment = sell_on_invoice(sale=sale, terms=terms, permission=permission(session, "SCHOOL", boss, key))
    return payment.invoice


def given_away(show: Show, names: str, reason: str) -> Ticket:
    """Sell seats “G8 G9” of a show for nothing at a till, for a CounterAction.Reason."""
    session, buyer = till_session(show.screen.theatre), new_code()
    sale, wanted = counter_sale(session, show, names, buyer=buyer), PriceRequest(seat_ids(show, names), {}, Decimal(0))
    allow_price(theatre=session.theatre, buyer=buyer, wanted=wanted, permission=permission(session, reason))
    return ticket_of(paid_at_till(session, sale._replace(seen=Decimal(0))))


def sold_at_till(session: TillSession, show: Show, names: str, mode: str = "CASH", **more: Any) -> Ticket:
    """Sell seats at a till."""
    sale = counter_sale(session, show, names, buyer=new_code())
    return ticket_of(paid_at_till(session, sale, mode, **more))


def parked(session: TillSession, show: Show, names: str, word: str = "Asha", **more: Any) -> ParkedSale:
    """Seats of a show that are parked at a till, or reserved: parked(…, before=timedelta(hours=1))."""
    sale = counter_sale(session, show, names, buyer=new_code())
    parking = Parking(sale.buyer, sale.chosen, word, **more)
    return park_sale(theatre=session.theatre, parking=parking, by=session.opened_by)


def ticket_of(payment: Payment) -> Ticket:
    """The one ticket of the order that the payment is for."""
    return payment.order.tickets.get()


def admitted(ticket: Ticket, names: str = "") -> CheckIn:
    """Admit people to the seats “G8 G9” of the ticket, or to all, by hand, as the show may be tomorrow."""
    seats = frozenset(ticket.seats.filter(show_seat__in=seat_ids(ticket.show, names)).values_list("pk", flat=True))
    theatre = ticket.show.screen.theatre
    scan = Scan(ticket.code, f"{ticket.code} {names or 'all'}"[:64], seats=seats or None, reason="early")
    return check_in(door=Door(theatre, staff(theatre, MANAGER)), scan=scan)


def receipt_of(ticket: Ticket) -> Receipt:
    """The receipt of a sold ticket's order, issued if it is due."""
    issue_receipts(order_id=ticket.order_id)
    return Receipt.objects.get(order=ticket.order_id, kind=Receipt.Kind.RECEIPT, corrections=None)


def due(*rows: Retried, ago: timedelta = timedelta(seconds=1)) -> None:
    """Make the next attempt of the rows due ``ago``."""
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(due_at=Now() - ago)


def waiting(show: Show, email: str = "wanda@example.org", party: int = 2, client_ip: str = "") -> WaitingEntry:
    """Put a party on the show's waiting list."""
    return join_waiting_list(show_id=show.pk, email=email, party=party, client_ip=client_ip)[0]


def lapsed(hold: Hold) -> Hold:
    """Let the hold expire a second ago, without releasing it."""
    hold.expires_at = timezone.now() - timedelta(seconds=1)
    hold.save(update_fields=["expires_at"])
    return hold


def past(show: Show) -> Show:
    """Let the show have started an hour ago."""
    return starting_in(show, timedelta(hours=-1))


def starting_in(show: Show, delay: timedelta) -> Show:
    """Move the show so that it starts ``delay`` from now."""
    length = show.ends_at - show.starts_at
    show.starts_at = timezone.now() + delay
    show.ends_at = show.starts_at + length
    show.sales_end_at = show.starts_at
    show.save(update_fields=["starts_at", "ends_at", "sales_end_at"])
    return show


def cancelled(show: Show) -> Show:
    """Cancel the show."""
    kept = Show.objects.values_list(F("revenue") + F("owed"), flat=True).get(pk=show.pk)
    show.status, show.owed = Show.Status.CANCELLED, kept_for_buyers(show)
    show.revenue = kept - show.owed
    show.save(update_fields=["status", "owed", "revenue"])
    return show


def listed(*, days: int = 0, **fields: Any) -> Show:
    """A show an hour from now, with room, that belongs to the day ``days`` after the theatre's today.

    It has no seats of its own, so many are made quickly.
    """
    if "screen" not in fields:
        theatre = fields.pop("theatre", None) or TheatreFactory()
        fields["screen"] = Screen.objects.create(theatre=theatre, name=f"Hall {Screen.objects.count()}")
    now = timezone.now()
    plain = {
        "starts_at": now + timedelta(days=days, hours=1),
        "trading_day": fields["screen"].theatre.trading_day(now) + timedelta(days=days),
        "seats_total": 100,
        "seats_free": 90,
    }
    fields = plain | fields
    fields["ends_at"] = fields["starts_at"] + timedelta(hours=3)
    fields.setdefault("sales_end_at", fields["starts_at"])
    fields["movie"] = fields.get("movie") or MovieFactory()
    fields["language"] = fields.get("language") or LanguageFactory()
    return Show.objects.create(**fields)


def draft(screen: Screen, card: PriceCard | None = None, *, days: int = 3, **fields: Any) -> Show:
    """A draft at noon UTC, so many days from now."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    start = fields.pop("starts_at", noon + timedelta(days=days))
    plain = {
        "movie": fields.pop("movie", None) or MovieFactory(),
        "language": LanguageFactory(),
        "starts_at": start,
        "ends_at": start + timedelta(hours=2, minutes=30),
        "sales_end_at": start,
        "trading_day": screen.theatre.trading_day(start),
        "status": Show.Status.DRAFT,
    }
    return Show.objects.create(screen=screen, price_card=card, **plain | fields)


def at_the_door(show: Show, delay: timedelta = timedelta(minutes=10)) -> Show:
    """Let the show begin ``delay`` from now, on the trading day of that moment: its doors are open."""
    starting_in(show, delay)
    show.trading_day = show.screen.theatre.trading_day(show.starts_at)
    show.save(update_fields=["trading_day"])
    return show
