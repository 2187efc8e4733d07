"""Repricing while seats are held, checked out or released. For the twins see test_races.py."""

import threading
import time
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction

from cinema.models import PaymentMode, PriceAdjustment, Show, ShowSeat, TicketSeat, TicketType
from cinema.services.booking.holds import release_hold
from cinema.services.booking.tariffs import tariffs_for
from cinema.services.prices.price_cards import Adjustment, CardPlan, change_card
from cinema.services.prices.repricing import reprice_coming
from tests.concurrency.harness import Runner, Step, interleave, race, without_locks
from tests.concurrency.invariants import wrongs
from tests.concurrency.test_races import holding
from tests.factories import CONTACT, held, on_card, order_hold, seat

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = Decimal(250), Decimal(300)


@pytest.fixture
def show() -> Show:
    return on_card(plan="aaaa", adult=250, child=150)


def repricing(show: Show) -> Step:
    """A repricing with a stored tariff: its first write is the show, under its lock."""
    card = show.price_card
    PriceAdjustment.objects.create(card=card, name="More", amount=50)
    with transaction.atomic():
        tariffs_for(shows=Show.objects.select_related("screen__theatre", "price_card"))
    return partial(reprice_coming, theatre=card.theatre, card_id=card.pk, version=0, user=None)


def checking_out(show: Show, hold, **changes) -> Step:
    types = {seat(show, "A1").pk: TicketType.objects.get(name="Child").pk}
    request = {"code": hold.code, "buyer": "asha", "contact": CONTACT, "mode": PaymentMode.UPI, "key": "k"}
    return partial(order_hold, **request | {"types": types} | changes)


def mixed(show: Show) -> bool:
    """Whether an available seat has another tariff than the show, or a seat another price than its tariff."""
    show.refresh_from_db()
    free = show.seats.filter(status=ShowSeat.Status.AVAILABLE)
    stale = free.exclude(tariff=show.tariff_id).exists()
    return stale or any(
        row.price != row.tariff.prices.get(ticket_type__name="Adult").amount
        for row in show.seats.select_related("tariff")
    )


@pytest.mark.parametrize("reprice_first", [True, False])
def test_a_hold_gets_the_old_price_or_the_new_one_with_its_table(show: Show, reprice_first: bool):
    steps = [repricing(show), holding(show, "A1", "asha")]
    outcomes = interleave(*(steps if reprice_first else reversed(steps)))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert seat(show, "A1").price == (NEW if reprice_first else OLD)
    assert not mixed(show)
    assert wrongs(show) == []


@pytest.mark.parametrize("reprice_first", [True, False])
def test_a_checkout_pays_what_was_held_with_every_kind_of_ticket(show: Show, reprice_first: bool):
    hold = held(show, "A1")
    steps = [repricing(show), checking_out(show, hold, seen=Decimal(150))]
    outcomes = interleave(*(steps if reprice_first else reversed(steps)))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert TicketSeat.objects.get().price == 150
    assert not mixed(show)
    assert wrongs(show) == []


@pytest.mark.parametrize("reprice_first", [True, False])
def test_a_seat_released_meanwhile_has_the_new_price(show: Show, reprice_first: bool):
    hold = held(show, "A1")
    steps = [repricing(show), partial(release_hold, code=hold.code, buyer="asha")]
    outcomes = interleave(*(steps if reprice_first else reversed(steps)))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert seat(show, "A1").price == NEW
    assert not mixed(show)
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_locks_a_seat_let_go_meanwhile_keeps_the_old_price(show: Show):
    hold = held(show, "A1")
    with without_locks():
        interleave(partial(release_hold, code=hold.code, buyer="asha"), repricing(show))
    assert mixed(show) or wrongs(show)


def test_applied_four_times_at_once_it_is_one_step(show: Show):
    step = repricing(show)
    revision = show.revision
    outcomes = race(*[step] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert sum(outcome.value.shows for outcome in outcomes) == 1
    show.refresh_from_db()
    assert show.revision == revision + 1
    assert wrongs(show) == []


# A price card that is changed while it is read


def reading_the_card(show: Show) -> Step:
    """Compute a seat's price by the show's card, with a pause between reading prices and surcharges."""
    show = Show.objects.select_related("screen__theatre", "price_card").get(pk=show.pk)

    def read() -> Decimal:
        with connection.execute_wrapper(wait_before_surcharges), transaction.atomic():
            [priced] = tariffs_for(shows=[show])
        return priced.prices[show.screen.seats.first().category_id]

    return read


def wait_before_surcharges(execute, sql, *rest):
    if "cinema_priceadjustment" in sql:
        SURCHARGES.wait(1)
    return execute(sql, *rest)


SURCHARGES = threading.Event()


def change_of_the_card(show: Show) -> Step:
    """Lower the price by 50 and add a surcharge of 50, so that the seat's price stays the same."""
    card = show.price_card
    prices = {(price.category_id, price.ticket_type_id): price.amount - 50 for price in card.prices.all()}
    plan = CardPlan(name=card.name, prices=prices, adjustments=[Adjustment(name="More", amount=Decimal(50))])
    theatre = show.screen.theatre

    def change() -> None:
        time.sleep(0.3)  # until the other has read the prices
        change_card(theatre=theatre, card_id=card.pk, plan=plan, version=card.version, user=None)

    return change


def price_read_during_a_change(show: Show) -> Decimal:
    SURCHARGES.clear()
    reader, writer = Runner(reading_the_card(show)), Runner(change_of_the_card(show))
    assert writer.outcome().error is None
    SURCHARGES.set()
    return reader.outcome().value


def test_a_price_card_is_read_as_it_was_before_a_change_or_after_it(show: Show):
    assert price_read_during_a_change(show) == OLD


@pytest.mark.nightly
@pytest.mark.only("postgresql")
def test_without_locks_a_price_card_is_read_half_changed(show: Show):
    with without_locks():
        assert price_read_during_a_change(show) == NEW
