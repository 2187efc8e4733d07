"""Tariffs computed from price cards."""

from datetime import time
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import prefetch_related_objects

from cinema.exceptions import PriceMissing
from cinema.models import PriceAdjustment, SeatCategory, Show, Tariff, TicketType
from cinema.selectors.booking.pricing import Moment, price_table
from cinema.services.booking.tariffs import tariffs_for
from tests.factories import ScreenFactory, TheatreFactory, listed, price_card, vouchers

pytestmark = pytest.mark.django_db

MONDAY, FRIDAY = 0, 4


@pytest.fixture
def card():
    theatre = TheatreFactory()
    ScreenFactory(theatre=theatre, plan="ab")
    return price_card(theatre, adult=250, child=150)


def priced(card, moment):
    """The table by names: {("Classic", "Adult"): 250, …}."""
    categories = dict(SeatCategory.objects.values_list("pk", "name"))
    kinds = dict(TicketType.objects.values_list("pk", "name"))
    prefetch_related_objects([card], "prices__ticket_type", "adjustments")
    return {(categories[c], kinds[k]): amount for (c, k), amount in price_table(card, moment).items()}


def adjust(card, amount, **where):
    PriceAdjustment.objects.create(card=card, name="Test", amount=amount, **where)


def test_without_adjustments_the_card_itself_holds(card):
    assert priced(card, Moment(MONDAY, time(18), "2D")) == {
        ("Classic", "Adult"): 250,
        ("Classic", "Child"): 150,
        ("Premium", "Adult"): 350,
        ("Premium", "Child"): 250,
    }


@pytest.mark.parametrize(
    ("where", "moment", "fits"),
    [
        ({}, Moment(MONDAY, time(18), "2D"), True),
        ({"weekdays": [MONDAY]}, Moment(MONDAY, time(18), "2D"), True),
        ({"weekdays": [MONDAY]}, Moment(FRIDAY, time(18), "2D"), False),
        ({"format": "3D"}, Moment(MONDAY, time(18), "3D"), True),
        ({"format": "3D"}, Moment(MONDAY, time(18), "2D"), False),
        ({"until_time": time(17)}, Moment(MONDAY, time(16, 59), "2D"), True),
        ({"until_time": time(17)}, Moment(MONDAY, time(17), "2D"), False),
        ({"from_time": time(17)}, Moment(MONDAY, time(17), "2D"), True),
        ({"from_time": time(22), "until_time": time(2)}, Moment(MONDAY, time(0, 30), "2D"), True),
        ({"from_time": time(22), "until_time": time(2)}, Moment(MONDAY, time(3), "2D"), False),
        ({"until_time": time(17)}, Moment(MONDAY, time(0, 30), "2D"), False),  # in the night after Monday
        ({"from_time": time(17)}, Moment(MONDAY, time(0, 30), "2D"), True),
        ({"until_time": time(2)}, Moment(MONDAY, time(23), "2D"), True),
        ({"until_time": time(5)}, Moment(MONDAY, time(12), "2D"), True),
        ({"from_time": time(4), "until_time": time(6)}, Moment(MONDAY, time(5, 30), "2D"), True),
    ],
)
def test_an_adjustment_counts_where_all_that_it_names_fits(card, where, moment, fits):
    adjust(card, 50, **where)

    assert priced(card, moment)["Classic", "Adult"] == (300 if fits else 250)


def test_what_was_for_shows_from_midnight_on_without_an_end_is_for_all_still(card):
    adjust(card, 50, from_time=time(0))
    [voucher] = vouchers(card.theatre, from_time=time(0))

    import_module("cinema.migrations.0126_times_from_midnight").forget(apps, None)

    assert priced(card, Moment(MONDAY, time(18), "2D"))["Classic", "Adult"] == 300
    voucher.batch.refresh_from_db()
    assert voucher.batch.from_time is None


def test_adjustments_add_up_and_may_be_for_one_category_or_kind_only(card):
    adjust(card, 60)
    adjust(card, -20, ticket_type=TicketType.objects.get(name="Child"))
    adjust(card, 5, category=SeatCategory.objects.get(name="Premium"))

    assert priced(card, Moment(MONDAY, time(18), "2D")) == {
        ("Classic", "Adult"): 310,
        ("Classic", "Child"): 190,
        ("Premium", "Adult"): 415,
        ("Premium", "Child"): 295,
    }


def test_no_reduction_goes_below_nothing(card):
    adjust(card, -200)

    assert priced(card, Moment(MONDAY, time(18), "2D"))["Classic", "Child"] == 0


def on(card, **fields):
    return listed(theatre=card.theatre, price_card=card, **fields)


def test_shows_with_equal_prices_share_a_tariff(card):
    adjust(card, 60, format="3D")
    plain, other, in_3d = on(card), on(card, days=1), on(card, format="3D")

    one, same, dearer = tariffs_for(shows=[plain, other, in_3d])

    assert one.tariff == same.tariff != dearer.tariff
    assert sorted(one.prices.values()) == [250, 350]
    assert sorted(dearer.prices.values()) == [310, 410]
    assert Tariff.objects.count() == 2
    assert tariffs_for(shows=[plain])[0].tariff == one.tariff
    assert dearer.tariff.prices.get(category__name="Classic", ticket_type__name="Child").amount == 210


def test_a_show_without_a_card_has_no_prices():
    with pytest.raises(PriceMissing):
        tariffs_for(shows=[listed()])


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_the_same_queries_for_any_number_of_shows(card, number, django_assert_num_queries):
    shows = [on(card, days=n) for n in range(number)]
    shows = list(Show.objects.select_related("screen__theatre", "price_card"))

    with django_assert_num_queries(8):
        tariffs_for(shows=shows)
