"""Price cards applied to coming shows: held and sold seats keep their prices."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import DatabaseBusy, EditConflict
from cinema.models import AuditEvent, Price, PriceAdjustment, SeatEvent, Show, ShowSeat
from cinema.selectors.booking.seat_map import changed_prices, show_for_sale
from cinema.selectors.booking.shared_maps import seat_changes
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.prices.prices import card_of, outlook, with_shows
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import hold_seats, release_hold
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from cinema.services.prices.repricing import Repriced, reprice_coming
from tests.factories import (
    ScreenFactory,
    cancelled,
    held,
    lapsed,
    on_card,
    past,
    price_card,
    seat,
    seat_ids,
    sold,
    staff,
)

pytestmark = pytest.mark.django_db
OLD, NEW = Decimal(250), Decimal(300)


@pytest.fixture
def show():
    return on_card(plan="aaaa", adult=250, child=150)


def dearer(show, by=50):
    """Raise the prices of the show's card, and apply it to all its shows."""
    PriceAdjustment.objects.create(card=show.price_card, name="More", amount=by)
    return apply(show)


def apply(show, user=None):
    card = show.price_card
    return reprice_coming(theatre=card.theatre, card_id=card.pk, version=card.version, user=user)


def prices(show):
    return list(show.seats.order_by("seat__x").values_list("price", flat=True))


def test_changing_a_card_changes_no_show(show):
    PriceAdjustment.objects.create(card=show.price_card, name="More", amount=50)

    assert prices(show) == [OLD] * 4


def test_after_applying_free_seats_have_the_cards_price_and_tariff(show):
    assert dearer(show) == Repriced(shows=1, seats=4, left=0)

    show.refresh_from_db()
    assert prices(show) == [NEW] * 4
    assert set(show.seats.values_list("tariff", flat=True)) == {show.tariff_id}
    assert show.tariff.prices.get(ticket_type__name="Child").amount == 200


def test_what_is_held_or_sold_keeps_its_price(show):
    held(show, "A1")
    sold(show, "A2", "ben")

    assert dearer(show).seats == 2

    assert prices(show) == [OLD, OLD, NEW, NEW]
    assert unexplained_seats(show) == []


def test_a_seat_off_sale_costs_the_new_price_when_it_comes_back(show):
    ShowSeat.objects.filter(pk=seat(show, "A1").pk).update(status=ShowSeat.Status.BLOCKED)

    dearer(show)

    assert seat(show, "A1").price == NEW


def release(show, hold):
    release_hold(code=hold.code, buyer="asha")


def expire(show, hold):
    lapsed(hold)
    release_expired(show_id=show.pk)


def change(show, hold):
    hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A4"), buyer="asha")


@pytest.mark.parametrize("free", [release, expire, change])
def test_a_held_seat_that_comes_free_later_costs_the_new_price(show, free):
    hold = held(show, "A1")
    dearer(show)

    free(show, hold)

    assert (seat(show, "A1").price, seat(show, "A1").tariff_id) == (NEW, seat(show, "A2").tariff_id)
    assert unexplained_seats(show) == []


def test_so_does_a_sold_seat_that_is_cancelled(show):
    ticket = sold(show, "A1")
    dearer(show)

    cancel_ticket(code=ticket.code)

    assert seat(show, "A1").price == NEW
    assert unexplained_seats(show) == []


def test_so_does_a_sold_seat_that_is_left_for_another_of_its_price(show):
    ticket = sold(show, "A1")
    dearer(show)
    held(show, "A2", "ben")
    ShowSeat.objects.filter(pk=seat(show, "A3").pk).update(price=OLD)  # such as one that was always cheaper

    change_seats(code=ticket.code, seat_ids=seat_ids(show, "A3"))

    assert seat(show, "A1").price == NEW
    assert ticket.seats.get().price == OLD


def test_doing_it_again_changes_nothing(show):
    dearer(show)
    show.refresh_from_db()
    before = show.revision, AuditEvent.objects.count()

    assert apply(show) == Repriced(0, 0, 0)

    show.refresh_from_db()
    assert (show.revision, AuditEvent.objects.count()) == before


def test_prices_that_come_out_the_same_are_no_change(show):
    PriceAdjustment.objects.create(card=show.price_card, name="IMAX", amount=50, format="IMAX")

    assert apply(show).shows == 0


@pytest.mark.parametrize("over", [past, cancelled])
def test_a_past_or_cancelled_show_keeps_its_prices(show, over):
    over(show)

    assert dearer(show).shows == 0
    assert prices(show) == [OLD] * 4


def test_a_draft_is_priced_when_it_is_published_not_before(show):
    Show.objects.update(status=Show.Status.DRAFT)

    assert dearer(show).shows == 0


def test_interrupted_half_way_it_goes_on_where_it_stopped(show, monkeypatch):
    other = on_card(card=show.price_card, screen=ScreenFactory(theatre=show.price_card.theatre, plan="aa"))
    with monkeypatch.context() as patch:
        patch.setattr("cinema.services.prices.repricing.audit.note", crash_at_second())
        with pytest.raises(ZeroDivisionError):
            dearer(show)
    assert sorted({*prices(show), *prices(other)}) == [OLD, NEW]

    assert apply(show).shows == 1
    assert {*prices(show), *prices(other)} == {NEW}


def test_what_takes_too_long_for_one_page_or_is_busy_is_left_and_said(show, monkeypatch):
    def busy(**which):
        raise DatabaseBusy

    with monkeypatch.context() as patch:
        patch.setattr("cinema.services.prices.repricing.reprice_show", busy)
        assert dearer(show) == Repriced(shows=0, seats=0, left=1)
    with monkeypatch.context() as patch:
        patch.setattr("cinema.services.prices.repricing.PATIENCE", -1)
        assert apply(show) == Repriced(shows=0, seats=0, left=1)

    assert apply(show) == Repriced(shows=1, seats=4, left=0)


def crash_at_second():
    calls = []

    def note(**event):
        calls.append(event)
        return 1 / (2 - len(calls))

    return note


def test_a_card_is_applied_only_after_its_present_version_was_seen(show):
    card = show.price_card
    card.version += 1
    card.save()

    with pytest.raises(EditConflict):
        reprice_coming(theatre=card.theatre, card_id=card.pk, version=0, user=None)


def test_open_maps_get_it_in_one_step_with_every_seat_and_the_legend(show):
    show.refresh_from_db()
    before = show.revision
    dearer(show)

    now = show_for_sale(show.pk)
    changes = seat_changes(now, "", before)

    assert now.revision == before + 1
    assert [view.price for view in changes] == [NEW] * 4
    assert [(price.lowest, price.highest) for price in changed_prices(now, changes)] == [(NEW, NEW)]
    assert SeatEvent.objects.get().action == SeatEvent.Action.REPRICE
    assert unexplained_seats(show) == []


def test_an_ordinary_change_brings_one_seat_and_no_legend(show):
    show.refresh_from_db()
    held(show, "A1")

    now = show_for_sale(show.pk)
    changes = seat_changes(now, "", show.revision)

    assert len(changes) == 1
    assert changed_prices(now, changes) == []


def test_a_sold_out_show_sends_nothing_to_open_maps(show):
    sold(show, "A1 A2 A3 A4")
    show.refresh_from_db()

    assert dearer(show) == Repriced(shows=1, seats=0, left=0)

    assert show_for_sale(show.pk).revision == show.revision
    assert unexplained_seats(show) == []


def test_it_is_recorded_with_its_user(show):
    asha = staff(show.price_card.theatre, "MANAGER")
    PriceAdjustment.objects.create(card=show.price_card, name="More", amount=50)

    apply(show, asha)

    event = AuditEvent.objects.get()
    assert (event.user, event.show, event.details["seats"]) == (asha, show, 4)


def test_a_preview_shows_old_and_new_values_and_writes_nothing(show):
    PriceAdjustment.objects.create(card=show.price_card, name="Evening", amount=50, from_time=time(17))
    held(show, "A1")

    (line,) = with_shows(outlook(card_of(show.price_card.theatre, show.price_card.pk)))

    assert (line.now, line.then, line.changes, line.show.seats_free) == ((OLD, OLD), (NEW, NEW), True, 3)
    assert prices(show) == [OLD] * 4


def test_a_category_the_card_does_not_price_keeps_its_price(show):
    Price.objects.all().delete()
    price_card(show.price_card.theatre, "Other")

    apply(show)

    assert prices(show) == [OLD] * 4


def test_each_show_takes_the_same_few_statements(show, django_assert_max_num_queries):
    theatre = show.price_card.theatre
    for number in range(9):
        screen = ScreenFactory(theatre=theatre, plan="aaaa\naaaa")
        on_card(card=show.price_card, screen=screen, starts_at=show.starts_at + timedelta(days=number % 3))
    PriceAdjustment.objects.create(card=show.price_card, name="More", amount=50)

    with django_assert_max_num_queries(15 + 10 * 13):
        assert apply(show).shows == 10
