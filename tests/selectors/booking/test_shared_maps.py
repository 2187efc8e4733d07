"""The seat maps that a process keeps: selectors.booking.shared_maps.

The map that is read for one buyer alone, selectors.booking.seat_map.seat_map(), is what each must equal.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import time, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.template import Context, Template
from django.utils.translation import override

from cinema.domain.fees import BookingFee
from cinema.models import PriceAdjustment, Screen, SeatBlock, Show
from cinema.selectors.booking import shared_maps
from cinema.selectors.booking.seat_map import FREE, HELD, MINE, SeatMap, seat_map, show_for_sale
from cinema.selectors.booking.shared_maps import buyers_map, shared_map
from cinema.selectors.halls.hall_changes import spot_of, standing_seats
from cinema.services.booking.blocks import lift_block
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import extend_hold, hold_seats, release_hold
from cinema.services.halls.hall_changes import HallPlan, change_hall
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.prices.repricing import reprice_coming
from cinema.services.schedule.show_edits import Slot, reschedule_show
from tests.factories import MANAGER, ShowFactory, held, on_card, put_off_sale, seat, seat_ids, sold, staff

pytestmark = pytest.mark.django_db

BUYERS = ["", "asha", "ben"]
BROKEN = SeatBlock.Kind.BROKEN
NO_FEE = BookingFee()


@pytest.fixture
def show() -> Show:
    return ShowFactory()


@pytest.fixture
def priced() -> Show:
    return on_card(plan="aaaa\naaaa", adult=250)


def whole(seats: SeatMap) -> dict[str, object]:
    """All that a map shows. Fingerprints of holders are for live updates only."""
    shown = asdict(seats)
    del shown["holders"]
    for row in shown["rows"]:
        for one in row["seats"]:
            one["free_with"] = list(one["free_with"])
            del one["holder"]
    return shown


def assert_true(show: Show, fee: BookingFee = NO_FEE) -> None:
    """The kept map is what everybody would read for themselves."""
    for buyer in BUYERS:
        now = show_for_sale(show.pk)
        kept, read = buyers_map(now, buyer, fee=fee), seat_map(now, buyer, fee=fee)
        assert kept.revision >= now.revision
        assert whole(kept) == whole(read)


def states(seats: SeatMap) -> dict[str, str]:
    return {f"{one.row}{one.number}": one.state for one in seats.seats}


def later(show: Show, **by: int) -> Show:
    """The show as it is read so much later by the database's clock."""
    found = show_for_sale(show.pk)
    found.now += timedelta(**by)
    return found


def holding(names: str, buyer: str = "asha") -> Callable[[Show], object]:
    return lambda show: held(show, names, buyer=buyer)


def change_seats_of_hold(show: Show) -> None:
    held(show, "A1 A2")
    shared_map(show_for_sale(show.pk))
    hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A2 A3"), buyer="asha")


def release(show: Show) -> None:
    hold = held(show, "B1 B2")
    shared_map(show_for_sale(show.pk))
    release_hold(code=hold.code, buyer="asha")


def cancel(show: Show) -> None:
    ticket = sold(show, "B1 B2")
    shared_map(show_for_sale(show.pk))
    cancel_ticket(code=ticket.code)


def block(show: Show) -> None:
    put_off_sale(screen=show.screen, seat_ids=[seat(show, "C3").seat_id], from_day=show.trading_day, kind=BROKEN)


def block_and_lift(show: Show) -> None:
    found = put_off_sale(
        screen=show.screen, seat_ids=[seat(show, "C3").seat_id], from_day=show.trading_day, kind=BROKEN
    )
    shared_map(show_for_sale(show.pk))
    lift_block(block=found)


@pytest.mark.parametrize(
    "happens",
    [
        holding("A1 A2"),
        holding("A1 A2", buyer="ben"),
        change_seats_of_hold,
        release,
        lambda show: sold(show, "A1"),
        lambda show: sold(show, "B4 B5", buyer="ben"),
        cancel,
        block,
        block_and_lift,
    ],
)
def test_a_kept_map_follows_whatever_happens_to_seats(show, happens):
    assert_true(show)
    happens(show)
    assert_true(show)


def test_an_unchanged_map_takes_no_statement_and_a_changed_one_takes_one(show, django_assert_num_queries):
    found = show_for_sale(show.pk)
    with django_assert_num_queries(1):
        first = shared_map(found)
    with django_assert_num_queries(0):
        assert shared_map(found) is first
        assert buyers_map(found, "asha") is first
    held(show, "A1", buyer="ben")
    found = show_for_sale(show.pk)
    with django_assert_num_queries(1):
        assert states(shared_map(found))["A1"] == HELD
    with django_assert_num_queries(0):
        assert buyers_map(found, "ben").mine == 1


def test_only_rows_with_changed_seats_are_made_anew(show):
    before = shared_map(show_for_sale(show.pk))
    held(show, "B2")
    after = shared_map(show_for_sale(show.pk))
    assert [row.name for old, row in zip(before.rows, after.rows, strict=True) if old is not row] == ["B"]
    assert states(before)["B2"] == FREE, "what another thread may be reading was changed"


def test_a_hold_that_ends_frees_its_seats_though_nothing_was_written(show):
    held(show, "A1", buyer="ben")
    assert states(shared_map(show_for_sale(show.pk)))["A1"] == HELD
    assert states(shared_map(later(show, minutes=9)))["A1"] == HELD
    assert states(shared_map(later(show, minutes=11)))["A1"] == FREE
    assert states(buyers_map(later(show, minutes=11), "ben"))["A1"] == FREE


def test_a_hold_that_was_extended_keeps_its_seats_though_no_seat_changed(show):
    hold = held(show, "A1", buyer="ben")
    hold.expires_at -= timedelta(minutes=5)
    hold.save()
    shared_map(show_for_sale(show.pk))
    extend_hold(code=hold.code, buyer="ben")
    assert states(shared_map(later(show, minutes=6)))["A1"] == HELD
    assert states(buyers_map(later(show, minutes=6), "ben"))["A1"] == MINE
    assert states(shared_map(later(show, minutes=11)))["A1"] == FREE


def test_expired_holds_that_are_released_change_nothing_more(show):
    hold = held(show, "A1 A2", buyer="ben")
    shared_map(show_for_sale(show.pk))
    hold.expires_at -= timedelta(hours=1)
    hold.save()
    release_expired(show_id=show.pk)
    assert_true(show)


def test_new_prices_are_shown_at_once(priced):
    assert_true(priced)
    PriceAdjustment.objects.create(card=priced.price_card, name="More", amount=50)
    card = priced.price_card
    reprice_coming(theatre=card.theatre, card_id=card.pk, version=card.version, user=None)
    assert_true(priced)
    assert {one.price for one in shared_map(show_for_sale(priced.pk)).seats} == {Decimal(300)}


def test_a_show_at_another_time_is_shown_at_its_new_prices(priced):
    """They change without an entry in the ledger of seats."""
    PriceAdjustment.objects.create(card=priced.price_card, name="Late", amount=50, from_time=time(21))
    assert {one.price for one in shared_map(show_for_sale(priced.pk)).seats} == {Decimal(250)}
    slot = Slot(priced.screen, priced.starts_at + timedelta(hours=4))
    theatre = priced.screen.theatre
    reschedule_show(theatre=theatre, show_id=priced.pk, slot=slot, seen=priced.version, user=None)
    assert_true(priced)
    assert {one.price for one in shared_map(show_for_sale(priced.pk)).seats} == {Decimal(300)}


def test_a_hall_that_was_changed_is_shown_with_its_new_seats(show):
    held(show, "A1", buyer="ben")
    assert_true(show)
    screen, seats = show.screen, list(standing_seats(show.screen).values())
    first, *others = [spot_of(found) for found in seats]
    renamed = [first._replace(number=99), *others[1:]]  # one is called otherwise, one is taken out
    plan = HallPlan(screen.version, screen.name, Screen.Shape.CURVED, renamed)
    user = staff(screen.theatre, MANAGER)
    change_hall(screen=screen, plan=plan, follow=[show.pk], seen=[show.pk], user=user)
    assert_true(show)
    assert states(shared_map(show_for_sale(show.pk)))["A99"] == HELD


def test_a_fee_has_maps_of_its_own(show):
    for fee in (
        BookingFee(),
        BookingFee(Decimal(30)),
        BookingFee(Decimal(20), per_order=True),
        BookingFee(Decimal(40)),
    ):
        assert_true(show, fee)
    assert shared_map(show_for_sale(show.pk), fee=BookingFee(Decimal(30))).prices[0].lowest == Decimal(280)


def test_a_language_has_maps_of_its_own(show):
    found = show_for_sale(show.pk)
    with override("en"):
        assert "₹250" in shared_map(found).seats[0].name
    with override("de"):
        german = shared_map(found).seats[0].name
        assert german == seat_map(found, "").seats[0].name
    with override("en"):
        assert shared_map(found).seats[0].name != german


def test_two_buyers_see_nothing_of_each_other():
    show = ShowFactory()
    held(show, "A1 A2", buyer="asha")
    held(show, "B1", buyer="ben")
    found = show_for_sale(show.pk)
    draw = Template("{% seat_rows map.rows %}").render

    asha, ben = (draw(Context({"map": buyers_map(found, buyer)})) for buyer in ("asha", "ben"))
    nobody = draw(Context({"map": buyers_map(found, "")}))

    assert asha.count("held for you") == 2
    assert ben.count("held for you") == 1
    assert nobody.count("held for you") == 0
    for page in (asha, ben, nobody):
        assert "data-holder" not in page
        assert "asha" not in page
    assert [draw(Context({"map": seat_map(found, buyer)})) for buyer in ("asha", "ben", "")] == [asha, ben, nobody]


def test_what_is_kept_names_no_buyer(show):
    held(show, "A1", buyer="the secret of asha")
    shared_map(show_for_sale(show.pk))
    buyers_map(show_for_sale(show.pk), "the secret of asha")
    assert "the secret of asha" not in repr(shared_maps._maps)
    assert MINE not in {one.state for kept in shared_maps._maps.values() for one in kept.map.seats}


def test_chosen_seats_are_ticked_for_their_buyer_alone(show):
    held(show, "B1", buyer="ben")
    found, chosen = show_for_sale(show.pk), seat_ids(show, "A1 B1")
    assert whole(buyers_map(found, "asha", chosen)) == whole(seat_map(found, "asha", chosen))
    assert whole(buyers_map(found, "ben", chosen)) == whole(seat_map(found, "ben", chosen))
    assert not any(one.checked for one in shared_map(found).seats)


def test_a_request_that_read_the_show_before_gets_a_map_as_new_as_its_row(show):
    early = show_for_sale(show.pk)
    held(show, "A1", buyer="ben")
    newer = shared_map(show_for_sale(show.pk))
    assert shared_map(early) is newer


def test_a_process_keeps_a_bounded_number_of_maps(monkeypatch, show):
    monkeypatch.setattr(shared_maps, "MOST_MAPS", 2)
    for amount in range(5):
        shared_map(show_for_sale(show.pk), fee=BookingFee(Decimal(amount)))
    assert [key.fee.amount for key in shared_maps._maps] == [3, 4]


def test_names_of_categories_are_read_again_after_a_while(monkeypatch, show):
    """They have no revision."""
    shared_map(show_for_sale(show.pk))
    category = seat(show, "A1").seat.category
    category.name = "Balcony"
    category.save()
    monkeypatch.setattr(shared_maps, "LONGEST", 0.0)
    assert_true(show)


@pytest.fixture
def together() -> Iterator[Callable[[Callable[[], object], int], list[object]]]:
    """Call a function in several threads at the same moment; return what each got."""

    def run(function: Callable[[], object], number: int) -> list[object]:
        got: list[object] = []
        start = Barrier(number)

        def call() -> None:
            start.wait()
            try:
                got.append(function())
            finally:
                connections.close_all()

        threads = [Thread(target=call) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return got

    yield run


@pytest.mark.django_db(transaction=True)
def test_one_of_many_threads_makes_the_map_for_all(monkeypatch, together):
    show = ShowFactory()
    found, read = show_for_sale(show.pk), []
    records = shared_maps.seat_records
    monkeypatch.setattr(shared_maps, "seat_records", lambda show_id: read.append(show_id) or records(show_id))
    maps = together(lambda: shared_map(found), 8)
    assert len({id(one) for one in maps}) == 1
    assert len(read) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_that_look_while_seats_change_see_no_older_state(together):
    show = ShowFactory()
    shared_map(show_for_sale(show.pk))

    def look() -> list[str]:
        faults = []
        for _ in range(15):
            found = show_for_sale(show.pk)
            sure = {one.id for one in seat_map(found, "").seats if one.state != FREE}
            seats = shared_map(found)
            if seats.revision < found.revision:
                faults.append("older revision")
            faults += [one.label for one in shared_map(show_for_sale(show.pk)).seats if one.id in sure and one.open]
        return faults

    def sell() -> list[str]:
        for name in ("A1", "A2", "B1", "B2", "C1", "C2"):
            sold(show, name, buyer=f"buyer of {name}")
        return []

    jobs = iter([look, look, sell, look])
    assert [fault for faults in together(lambda: next(jobs)(), 4) for fault in faults] == []
    assert_true(show)
