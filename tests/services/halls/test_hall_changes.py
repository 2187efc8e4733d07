"""Saving a changed hall: seats are retired, not lost, and shows follow or keep the old plan."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.domain.seating.layout import Spot
from cinema.exceptions import EditConflict, HallInvalid, NameTaken, ReportOutdated, ShowCannotFollowHall
from cinema.models import (
    AuditEvent,
    Price,
    Screen,
    Seat,
    SeatBlock,
    SeatCategory,
    SeatEvent,
    Show,
    ShowSeat,
    TariffPrice,
    TicketType,
)
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.halls.hall_changes import HallChange, coming_shows, spot_of, standing_seats
from cinema.selectors.halls.hall_reports import show_reports
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import release_hold
from cinema.services.booking.tariffs import tariffs_for
from cinema.services.halls.hall_changes import HallPlan, change_hall
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    MANAGER,
    ScreenFactory,
    SeatCategoryFactory,
    ShowFactory,
    booked,
    held,
    lapsed,
    on_card,
    order_hold,
    past,
    price_card,
    report,
    seat,
    sold,
    staff,
    ticket_of,
    waiting,
)
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen():
    return ScreenFactory(plan="aaaa\nbbbb")


@pytest.fixture
def show(screen):
    return ShowFactory(screen=screen)


def plan(screen: Screen) -> dict[str, Spot]:
    """The present plan by seat labels."""
    return {f"{s.row}{s.number}": spot_of(s) for s in standing_seats(screen).values()}


def change(screen: Screen, spots, *, follow=True, **more):
    """Save these spots; all coming shows follow, or none, or those given."""
    screen.refresh_from_db()
    coming = list(coming_shows(screen).values_list("pk", flat=True))
    following = coming if follow is True else [show.pk for show in follow or ()]
    user, seen = more.pop("user", None) or staff(screen.theatre, MANAGER), more.pop("seen", coming)
    plan = HallPlan(screen.version, screen.name, screen.shape, list(spots))._replace(**more)
    return change_hall(screen=screen, plan=plan, follow=following, seen=seen, user=user)


def named(show: Show) -> set[str]:
    """The seats of the show that are in the hall."""
    seats = ShowSeat.objects.filter(show=show).exclude(status=ShowSeat.Status.REMOVED)
    return {f"{row}{number}" for row, number in seats.values_list("seat__row", "seat__number")}


def seats_of(ticket) -> set[str]:
    return {f"{row}{n}" for row, n in ticket.seats.values_list("show_seat__seat__row", "show_seat__seat__number")}


def mirrored(screen: Screen) -> list[Spot]:
    """The plan numbered from the other side."""
    return [spot._replace(number=5 - spot.number) for spot in plan(screen).values()]


def test_a_seat_no_show_ever_had_is_simply_replaced(screen):
    spots = plan(screen)
    change(screen, [*(spots[name] for name in spots if name != "B4"), spots["B4"]._replace(number=9)])

    assert "B9" in plan(screen)
    assert screen.seats.count() == 8


def test_a_seat_that_a_show_had_is_retired_and_its_successor_is_another_row(screen, show):
    old = seat(show, "A1").seat
    change(screen, mirrored(screen))

    old.refresh_from_db()
    assert (old.row, old.number) == ("A", 1)
    assert old.retired_at
    assert screen.seats.count() == 16


def test_a_following_show_keeps_its_ticket_on_the_same_chair_under_its_new_name(screen, show):
    ticket = sold(show, "A1 A2")
    place = seat(show, "A1").seat.x

    change(screen, mirrored(screen))

    assert seats_of(ticket) == {"A4", "A3"}
    assert seat(show, "A4").seat.x == place
    assert seat(show, "A4").status == ShowSeat.Status.BOOKED
    assert unexplained_seats(show) == []


def test_a_show_that_keeps_the_old_plan_is_left_alone(screen, show):
    ticket = sold(show, "A1")
    change(screen, mirrored(screen), follow=False)

    assert seats_of(ticket) == {"A1"}
    show.refresh_from_db()
    assert (show.seats_total, show.seats_free) == (8, 7)
    assert not SeatEvent.objects.filter(show=show, action__in=["ADD", "REMOVE", "PLACE"]).exists()
    assert unexplained_seats(show) == []


def test_seats_taken_out_leave_the_following_shows_and_new_ones_are_for_sale_there(screen, show):
    spots = plan(screen)
    gone = spots.pop("A4")
    new = gone._replace(row="C", number=1, y=2, id=None)

    change(screen, [*spots.values(), new])

    show.refresh_from_db()
    assert named(show) == {"A1", "A2", "A3", "B1", "B2", "B3", "B4", "C1"}
    assert (show.seats_total, show.seats_free) == (8, 8)
    assert seat(show, "C1").price == 250
    assert seat(show, "A4").status == ShowSeat.Status.REMOVED
    assert unexplained_seats(show) == []


def test_a_blocked_seat_goes_as_well(screen, show):
    block = SeatBlock.objects.create(screen=screen, kind="BROKEN", from_day=show.trading_day, created_at=timezone.now())
    block.seats.add(seat(show, "A4").seat)
    ShowSeat.objects.filter(pk=seat(show, "A4").pk).delete()
    other = ShowFactory(screen=screen, starts_at=show.starts_at + timedelta(days=1))
    assert seat(other, "A4").status == ShowSeat.Status.BLOCKED
    spots = plan(screen)
    del spots["A4"]

    change(screen, spots.values(), follow=[other])

    assert seat(other, "A4").status == ShowSeat.Status.REMOVED
    assert unexplained_seats(other) == []


def test_what_is_off_sale_stays_so_in_its_successor(screen, show):
    block = SeatBlock.objects.create(screen=screen, kind="BROKEN", from_day=show.trading_day, created_at=timezone.now())
    block.seats.add(seat(show, "A1").seat)

    change(screen, mirrored(screen))

    later = ShowFactory(screen=screen, starts_at=show.starts_at + timedelta(days=1))
    assert seat(later, "A4").status == ShowSeat.Status.BLOCKED
    assert seat(later, "A1").status == ShowSeat.Status.AVAILABLE


@pytest.mark.parametrize("take", [sold, booked, held])
def test_a_show_cannot_follow_where_a_seat_that_goes_is_taken(screen, show, take):
    take(show, "A4")
    spots = plan(screen)
    del spots["A4"]
    before = named(show)

    with pytest.raises(ShowCannotFollowHall):
        change(screen, spots.values())

    assert named(show) == before
    assert set(plan(screen)) == before
    assert unexplained_seats(show) == []


def test_a_hold_that_has_run_out_keeps_no_seat(screen, show):
    lapsed(held(show, "A4"))
    spots = plan(screen)
    del spots["A4"]

    change(screen, spots.values())

    assert "A4" not in named(show)
    assert unexplained_seats(show) == []


def test_one_show_follows_while_another_keeps_its_plan(screen, show):
    ticket = sold(show, "A4")
    other = ShowFactory(screen=screen, starts_at=show.starts_at + timedelta(days=1))
    spots = plan(screen)
    del spots["A4"]

    change(screen, spots.values(), follow=[other])

    assert "A4" in named(show)
    assert "A4" not in named(other)
    assert seats_of(ticket) == {"A4"}
    assert unexplained_seats(show) == unexplained_seats(other) == []


def test_a_held_seat_stays_held_for_its_buyer(screen, show):
    hold = held(show, "A1")
    change(screen, mirrored(screen))

    assert seat(show, "A4").hold == hold
    assert unexplained_seats(show) == []


def test_a_booking_on_its_way_is_finished_on_the_renamed_seat(screen, show):
    payment = booked(show, "A1")
    change(screen, mirrored(screen))
    ticket = ticket_of(settle_payment(report=report(payment)))

    assert seats_of(ticket) == {"A4"}
    assert unexplained_seats(show) == []


def test_a_ticket_whose_seat_is_called_otherwise_is_mailed_again(screen, show):
    renamed, _same = (sold(show, name, buyer=name) for name in ("A1", "B1"))
    forget_mails()
    spots = [s._replace(number=5 - s.number) if s.row == "A" else s._replace(y=3) for s in plan(screen).values()]

    change(screen, spots)

    [message] = outbox()
    assert renamed.reference[:4] in message.body
    assert "Row A, seat 4" in message.body
    assert "your seats have changed" in message.body


def test_a_show_that_has_begun_keeps_its_plan(screen, show):
    past(show)
    change(screen, mirrored(screen))
    assert not SeatEvent.objects.filter(show=show, action="PLACE").exists()


def test_a_show_that_kept_an_older_plan_can_follow_later_by_row_and_number(screen, show):
    ticket = sold(show, "A1")
    spots = plan(screen)
    change(screen, [s._replace(y=s.y + 1) for s in spots.values()], follow=False)
    assert seat(show, "A1").seat.retired_at

    change(screen, plan(screen).values())

    assert seats_of(ticket) == {"A1"}
    assert not ShowSeat.objects.filter(show=show, seat__retired_at__isnull=False).exists()
    assert unexplained_seats(show) == []


def test_new_seats_have_the_prices_of_the_shows_tariff(screen, show):
    show.price_card = price_card(screen.theatre, adult=300, child=120)
    [priced] = tariffs_for(shows=[show])
    Show.objects.filter(pk=show.pk).update(tariff=priced.tariff)
    spots = plan(screen)
    new = spots["A1"]._replace(row="C", number=1, y=2, id=None)

    change(screen, [*spots.values(), new])

    assert (seat(show, "C1").price, seat(show, "C1").tariff) == (300, priced.tariff)


def test_a_category_the_show_has_never_had_is_priced_by_its_card(screen, show):
    recliner = SeatCategoryFactory(theatre=screen.theatre, rank=3)
    Show.objects.filter(pk=show.pk).update(price_card=price_card(screen.theatre, adult=300))
    new = plan(screen)["A1"]._replace(row="C", number=1, y=2, id=None, category=recliner.pk)

    change(screen, [*plan(screen).values(), new])

    assert seat(show, "C1").price == 500
    assert TariffPrice.objects.get(tariff=seat(show, "C1").tariff, category=recliner).amount == 500


def test_a_show_without_a_price_for_new_seats_cannot_follow(screen, show):
    recliner = SeatCategoryFactory(theatre=screen.theatre, rank=3)
    new = plan(screen)["A1"]._replace(row="C", number=1, y=2, id=None, category=recliner.pk)
    spots = [*plan(screen).values(), new]

    [said] = show_reports(HallChange(standing_seats(screen), spots), [show])
    assert str(said.missing) == "There is no price for Recliner."
    with pytest.raises(ShowCannotFollowHall):
        change(screen, spots)


def test_in_another_category_a_free_seat_is_repriced_and_a_taken_one_is_not(screen, show):
    held(show, "A2")
    premium = SeatCategory.objects.get(theatre=screen.theatre, rank=2)
    spots = [spot._replace(category=premium.pk) for spot in plan(screen).values()]

    change(screen, spots)

    assert [seat(show, name).price for name in ("A1", "A2", "B1")] == [350, 250, 350]
    assert unexplained_seats(show) == []


def test_a_seat_whose_category_is_missing_in_the_tariff_costs_its_price(screen, show):
    show.price_card = price_card(screen.theatre, adult=300, child=120)
    [priced] = tariffs_for(shows=[show])
    Show.objects.filter(pk=show.pk).update(tariff=priced.tariff)
    ShowSeat.objects.filter(show=show).update(tariff=priced.tariff, price=300)
    recliner = SeatCategoryFactory(theatre=screen.theatre, rank=3)
    held(show, "A1")
    Price.objects.create(
        card=show.price_card, category=recliner, ticket_type=TicketType.objects.get(name="Adult"), amount=500
    )
    Show.objects.filter(pk=show.pk).update(price_card=show.price_card)

    change(screen, [spot._replace(category=recliner.pk) for spot in plan(screen).values() if spot.row == "A"])

    assert (seat(show, "A1").price, seat(show, "A2").price) == (300, 500)
    assert sold(show, "A2", buyer="ben").amount == 500
    assert unexplained_seats(show) == []


@pytest.fixture
def priced():
    """A show on a card: adults 250, children 150, each 100 more in row B, which is Premium."""
    return on_card(plan="aaaa\nbbbb", adult=250, child=150)


def make_premium(show: Show, row: str = "A") -> None:
    premium = SeatCategory.objects.get(theatre=show.screen.theatre, rank=2)
    spots = [s._replace(category=premium.pk) if s.row == row else s for s in plan(show.screen).values()]
    change(show.screen, spots)


@pytest.mark.parametrize("freed", ["cancelled", "released", "run out"])
def test_a_taken_seat_whose_category_changed_costs_what_that_does_once_it_is_free(priced, freed):
    ticket = sold(priced, "A1") if freed == "cancelled" else None
    hold = None if ticket else held(priced, "A1")
    make_premium(priced)
    assert seat(priced, "A1").price == 250

    if ticket:
        cancel_ticket(code=ticket.code)
    elif freed == "released":
        release_hold(code=hold.code, buyer="asha")
    else:
        lapsed(hold)
        release_expired(show_id=priced.pk)

    assert seat(priced, "A1").price == 350
    assert sold(priced, "A1", buyer="ben").amount == 350
    assert unexplained_seats(priced) == []


def test_a_seat_that_became_plainer_costs_less_once_it_is_free(priced):
    ticket = sold(priced, "B1")
    classic = SeatCategory.objects.get(theatre=priced.screen.theatre, rank=1)
    change(priced.screen, [s._replace(category=classic.pk) for s in plan(priced.screen).values()])

    cancel_ticket(code=ticket.code)

    assert seat(priced, "B1").price == 250


def test_a_seat_on_hold_keeps_all_its_prices_when_its_category_changes(priced):
    hold = held(priced, "A1")
    child = TicketType.objects.get(name="Child").pk
    make_premium(priced)

    payment = order_hold(
        code=hold.code,
        buyer="asha",
        contact=CONTACT,
        mode="UPI",
        key="key",
        types={seat(priced, "A1").pk: child},
    )

    assert payment.amount == 150


def test_the_ledger_check_names_a_free_seat_that_differs_from_its_tariff(priced):
    ShowSeat.objects.filter(pk=seat(priced, "A1").pk).update(price=251)

    [fault] = unexplained_seats(priced)

    assert "Row A, seat 1: it costs 251.00 by tariff" in fault


def test_a_seat_of_a_category_without_a_tariff_costs_what_the_free_ones_do(priced):
    ticket = sold(priced, "A1")
    recliner = SeatCategoryFactory(theatre=priced.screen.theatre, rank=3)
    adult = TicketType.objects.get(name="Adult")
    Price.objects.create(card=priced.price_card, category=recliner, ticket_type=adult, amount=500)
    change(priced.screen, [s._replace(category=recliner.pk) for s in plan(priced.screen).values() if s.row == "A"])

    cancel_ticket(code=ticket.code)

    assert (seat(priced, "A1").price, seat(priced, "A1").tariff) == (500, seat(priced, "A2").tariff)
    assert sold(priced, "A1", buyer="ben").amount == 500
    assert unexplained_seats(priced) == []


def test_a_new_seat_where_a_block_stands_is_not_for_sale(screen, show):
    change(screen, [spot._replace(y=spot.y + 1) for spot in plan(screen).values()], follow=False)
    block = SeatBlock.objects.create(screen=screen, kind="BROKEN", from_day=show.trading_day, created_at=timezone.now())
    spots = plan(screen)
    change(screen, [*spots.values(), spots["A1"]._replace(row="C", number=1, y=5, id=None)], follow=False)
    block.seats.add(plan(screen)["C1"].id)

    change(screen, plan(screen).values())

    assert seat(show, "C1").status == ShowSeat.Status.BLOCKED
    assert unexplained_seats(show) == []


def test_whoever_waits_is_offered_a_new_seat(screen):
    show = ShowFactory(screen=screen)
    sold(show, "A1 A2 A3 A4")
    sold(show, "B1 B2 B3 B4", buyer="ben")
    entry = waiting(show, party=1)
    new = plan(screen)["A1"]._replace(row="C", number=1, y=2, id=None)

    change(screen, [*plan(screen).values(), new])

    entry.refresh_from_db()
    assert entry.status == "OFFERED"
    assert unexplained_seats(show) == []


def test_of_two_managers_the_second_sees_who_was_first(screen):
    version = screen.version
    change(screen, mirrored(screen), user=staff(screen.theatre, MANAGER, name="Ravi"))

    with pytest.raises(EditConflict, match="Ravi"):
        change(screen, plan(screen).values(), version=version)


def test_a_show_planned_meanwhile_is_shown_first(screen, show):
    with pytest.raises(ReportOutdated):
        change(screen, mirrored(screen), seen=[])


def test_a_name_that_is_taken_is_refused_and_nothing_changes(screen):
    other = ScreenFactory(theatre=screen.theatre)
    with pytest.raises(NameTaken):
        change(screen, mirrored(screen), name=other.name)
    assert plan(screen)["A1"].x == 0


def test_a_hall_that_cannot_be_is_refused(screen):
    spots = list(plan(screen).values())
    with pytest.raises(HallInvalid, match="is in the plan twice"):
        change(screen, [*spots, spots[0]._replace(y=5, id=None)])


def test_a_seat_of_another_hall_is_a_new_seat_here(screen):
    other = ScreenFactory(theatre=screen.theatre, plan="a")
    foreign = next(iter(standing_seats(other)))
    new = plan(screen)["A1"]._replace(row="C", number=1, y=2, id=foreign)

    change(screen, [*plan(screen).values(), new])

    assert plan(other)["A1"].id == foreign
    assert plan(screen)["C1"].id != foreign


def test_the_export_is_recorded(screen, show):
    manager = staff(screen.theatre, MANAGER)
    spots = plan(screen)
    del spots["A4"]
    change(screen, spots.values(), user=manager)

    event = AuditEvent.objects.get(action="HALL")
    assert (event.user, event.theatre) == (manager, screen.theatre)
    assert event.details["changes"] == {"seats": [8, 7]}
    assert event.details["follow"] == [show.pk]


@pytest.mark.parametrize("shows", [1, 5])
def test_the_statements_for_renaming_a_hall_grow_by_none_with_its_shows(screen, django_assert_max_num_queries, shows):
    first = ShowFactory(screen=screen)
    for day in range(1, shows):
        ShowFactory(screen=screen, starts_at=first.starts_at + timedelta(days=day), movie=first.movie)
    user = staff(screen.theatre, MANAGER)
    spots = mirrored(screen)
    with django_assert_max_num_queries(34 + shows):  # PostgreSQL is notified of each show
        change(screen, spots, user=user)


def test_the_report_lists_every_ticket_with_its_seats_before_and_after(screen, show):
    ticket, lost = sold(show, "A1 A2"), sold(show, "A4", buyer="ben")
    sold(show, "B1", buyer="cleo")
    spots = plan(screen)
    del spots["A4"]
    spots["A1"] = spots["A1"]._replace(number=11)

    [said] = show_reports(HallChange(standing_seats(screen), list(spots.values())), [show])

    assert not said.can_follow
    assert said.lost == ["Row A, seat 4"]
    notes = {note.reference: (note.before, note.after, note.is_lost) for note in said.tickets}
    assert notes == {
        ticket.reference: (["Row A, seat 1"], ["Row A, seat 11"], False),
        lost.reference: (["Row A, seat 4"], [""], True),
    }


def test_a_seat_put_back_where_one_was_taken_away_is_the_same_seat(screen, show):
    ticket = sold(show, "A1")
    spots = plan(screen)
    spots["A1"] = spots["A1"]._replace(id=None, number=7)

    change(screen, spots.values())

    assert seats_of(ticket) == {"A7"}


def test_prices_paid_stay_when_a_seat_gets_another_category(screen, show):
    ticket = sold(show, "A1")
    premium = SeatCategory.objects.get(theatre=screen.theatre, rank=2)
    spots = plan(screen)
    spots["A1"] = spots["A1"]._replace(category=premium.pk)

    change(screen, spots.values())

    assert ticket.seats.get().price == Decimal(250)
    assert seat(show, "A1").seat.category == premium
    assert Seat.objects.filter(screen=screen, retired_at=None).count() == 8
    assert unexplained_seats(show) == []
