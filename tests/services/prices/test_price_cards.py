"""Price cards and ticket types, edited by managers."""

from datetime import time
from decimal import Decimal

import pytest

from cinema.exceptions import (
    EditConflict,
    PlainPriceMissing,
    PlainTypeHasNoRules,
    PlainTypeStays,
    PriceNameTaken,
    PriceTooHigh,
    UnknownCategory,
    UnknownTicketType,
)
from cinema.models import AuditEvent, PriceCard, TicketType
from cinema.selectors.prices.prices import card_of, ticket_types_for_sale
from cinema.services.prices.price_cards import MOST, Adjustment, CardPlan, add_card, change_card, retire_card
from cinema.services.prices.ticket_types import (
    TicketTypeTerms,
    add_ticket_types,
    change_ticket_type,
    move_ticket_type,
    retire_ticket_type,
    usual_types,
)
from tests.factories import MANAGER, ScreenFactory, SeatCategoryFactory, TheatreFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    theatre = TheatreFactory()
    ScreenFactory(theatre=theatre, plan="ab")
    add_ticket_types(theatre=theatre, types=[TicketTypeTerms("Adult"), TicketTypeTerms("Child", "under 12")], user=None)
    return theatre


@pytest.fixture
def asha(theatre):
    return staff(theatre, MANAGER, name="Asha")


def plan(theatre, name="Standard", adult=250, child=150, adjustments=()):
    """A plan with these amounts for every category; None: not sold."""
    amounts = {"Adult": adult, "Child": child}
    kinds = theatre.ticket_types.filter(retired_at=None, name__in=amounts)
    prices = {
        (category.pk, kind.pk): Decimal(amounts[kind.name])
        for category in theatre.seat_categories.all()
        for kind in kinds
        if amounts[kind.name] is not None
    }
    return CardPlan(name=name, prices=prices, adjustments=adjustments)


def amounts(card):
    return sorted((price.category.name, price.ticket_type.name, price.amount) for price in card.prices.all())


def save(theatre, card, asha=None, version=0, **changes):
    return change_card(theatre=theatre, card_id=card.pk, plan=plan(theatre, **changes), version=version, user=asha)


def test_a_card_stores_its_plan(theatre, asha):
    more = Adjustment(name="Evening", amount=Decimal(30), weekdays=(4, 5), from_time=time(17), format="3D")

    card = add_card(theatre=theatre, plan=plan(theatre, child=None, adjustments=[more]), user=asha)

    assert amounts(card) == [("Classic", "Adult", 250), ("Premium", "Adult", 250)]
    (kept,) = card.adjustments.all()
    assert (kept.name, kept.amount, kept.weekdays, kept.from_time, kept.format) == (
        "Evening",
        30,
        [4, 5],
        time(17),
        "3D",
    )
    assert AuditEvent.objects.latest("pk").user == asha


def test_the_plain_ticket_needs_a_price_for_every_category(theatre):
    with pytest.raises(PlainPriceMissing, match="standard ticket, so it needs a price for Classic and Premium"):
        add_card(theatre=theatre, plan=plan(theatre, adult=None), user=None)

    assert not PriceCard.objects.exists()


def test_a_theatre_without_kinds_of_tickets_has_no_cards():
    theatre = SeatCategoryFactory().theatre

    with pytest.raises(PlainPriceMissing):
        add_card(theatre=theatre, plan=CardPlan(name="A", prices={}), user=None)


@pytest.mark.parametrize("name", ["Standard", "standard", "STANDARD"])
def test_no_two_cards_of_a_theatre_have_one_name(theatre, name):
    add_card(theatre=theatre, plan=plan(theatre), user=None)

    with pytest.raises(PriceNameTaken):
        add_card(theatre=theatre, plan=plan(theatre, name=name), user=None)


def test_prices_that_come_to_an_absurd_sum_are_refused(theatre):
    more = [Adjustment(name=str(n), amount=Decimal(600_000)) for n in range(2)]

    for adjustments, adult in [(more, 1), ((), MOST + 1)]:
        with pytest.raises(PriceTooHigh):
            add_card(theatre=theatre, plan=plan(theatre, adult=adult, adjustments=adjustments), user=None)


def test_another_theatres_categories_and_kinds_are_unknown(theatre):
    other = SeatCategoryFactory()
    kind = TicketType.objects.create(theatre=other.theatre, name="Other")
    mine = plan(theatre).prices
    category_id, kind_id = next(iter(mine))

    for prices, error in [
        ({(other.pk, kind_id): Decimal(1)}, UnknownCategory),
        ({(category_id, kind.pk): Decimal(1)}, UnknownTicketType),
    ]:
        with pytest.raises(error):
            add_card(theatre=theatre, plan=CardPlan(name="A", prices=mine | prices), user=None)


def test_the_second_to_save_sees_what_was_changed_and_by_whom(theatre, asha):
    card = add_card(theatre=theatre, plan=plan(theatre), user=asha)
    save(theatre, card, asha, adult=260, child=None)

    with pytest.raises(EditConflict, match="Asha changed this") as refusal:
        save(theatre, card, name="Mine")

    assert "Classic · Adult from “250.00” to “260.00”" in str(refusal.value)
    assert "Classic · Child from “150.00” to “—”" in str(refusal.value)
    assert save(theatre, card, version=refusal.value.version, name="Mine").name == "Mine"


def test_a_retired_card_is_kept_and_can_come_back(theatre, asha):
    card = add_card(theatre=theatre, plan=plan(theatre), user=None)

    assert retire_card(theatre=theatre, card_id=card.pk, retired=True, user=asha).retired_at
    assert retire_card(theatre=theatre, card_id=card.pk, retired=False, user=asha).retired_at is None


def test_anothers_card_cannot_be_changed(theatre):
    card = add_card(theatre=theatre, plan=plan(theatre), user=None)

    with pytest.raises(PriceCard.DoesNotExist):
        retire_card(theatre=TheatreFactory(), card_id=card.pk, retired=True, user=None)


# Kinds of tickets


def names(theatre):
    return [kind.name for kind in ticket_types_for_sale(theatre)]


def pk(name):
    return TicketType.objects.get(name=name).pk


def test_a_theatre_may_start_with_the_usual_types():
    theatre = TheatreFactory()

    add_ticket_types(theatre=theatre, types=usual_types(), user=None)

    assert names(theatre) == ["Adult", "Child", "Senior", "Student", "Carer"]


@pytest.mark.parametrize("name", ["Adult", "adult"])
def test_no_two_kinds_have_one_name(theatre, name):
    with pytest.raises(PriceNameTaken):
        add_ticket_types(theatre=theatre, types=[TicketTypeTerms(name)], user=None)
    with pytest.raises(PriceNameTaken):
        change_ticket_type(theatre=theatre, pk=pk("Child"), version=0, to=TicketTypeTerms(name), user=None)


def test_a_ticket_type_is_renamed(theatre, asha):
    change_ticket_type(theatre=theatre, pk=pk("Child"), version=0, to=TicketTypeTerms("Youth", "under 16"), user=asha)

    assert TicketType.objects.filter(name="Youth", note="under 16", rank=2, version=1).exists()


def test_of_two_simultaneous_changes_the_second_gets_a_conflict(theatre, asha):
    change_ticket_type(theatre=theatre, pk=pk("Child"), version=0, to=TicketTypeTerms("Child", "under 14"), user=asha)

    with pytest.raises(EditConflict, match=r"Asha changed this .* note from “under 12” to “under 14”"):
        change_ticket_type(
            theatre=theatre, pk=pk("Child"), version=0, to=TicketTypeTerms("Child", "under 16"), user=None
        )


def test_the_same_change_twice_is_one(theatre, asha):
    for _ in range(2):
        change_ticket_type(
            theatre=theatre, pk=pk("Child"), version=0, to=TicketTypeTerms("Child", "under 14"), user=asha
        )

    assert AuditEvent.objects.filter(user=asha).count() == 1


@pytest.mark.parametrize(
    "rule", [{"paying_others": 1}, {"with_wheelchair": True}, {"most_per_order": 1}, {"counter_only": True}]
)
def test_the_plain_ticket_has_no_rules(theatre, rule):
    with pytest.raises(PlainTypeHasNoRules, match="Everybody may buy “Adult”"):
        change_ticket_type(theatre=theatre, pk=pk("Adult"), version=0, to=TicketTypeTerms("Adult", **rule), user=None)
    with pytest.raises(PlainTypeHasNoRules):
        add_ticket_types(theatre=TheatreFactory(), types=[TicketTypeTerms("Adult", **rule)], user=None)


def test_kinds_change_places_but_the_plain_one_stays_first(theatre):
    add_ticket_types(theatre=theatre, types=[TicketTypeTerms("Senior"), TicketTypeTerms("Student")], user=None)

    move_ticket_type(theatre=theatre, pk=pk("Student"), up=True, user=None)
    assert names(theatre) == ["Adult", "Child", "Student", "Senior"]
    move_ticket_type(theatre=theatre, pk=pk("Child"), up=False, user=None)
    assert names(theatre) == ["Adult", "Student", "Child", "Senior"]
    move_ticket_type(theatre=theatre, pk=pk("Senior"), up=False, user=None)
    assert names(theatre) == ["Adult", "Student", "Child", "Senior"]
    for name, up in [("Student", True), ("Adult", True), ("Adult", False)]:
        with pytest.raises(PlainTypeStays):
            move_ticket_type(theatre=theatre, pk=pk(name), up=up, user=None)


def test_a_retired_kind_leaves_the_cards_and_comes_back_with_its_prices(theatre):
    card = add_card(theatre=theatre, plan=plan(theatre), user=None)

    retire_ticket_type(theatre=theatre, pk=pk("Child"), retired=True, user=None)
    save(theatre, card, adult=260)
    assert names(theatre) == ["Adult"]
    retire_ticket_type(theatre=theatre, pk=pk("Child"), retired=False, user=None)

    assert {amount for _, kind, amount in amounts(card_of(theatre, card.pk)) if kind == "Child"} == {150}


def test_the_plain_kind_is_not_retired(theatre):
    with pytest.raises(PlainTypeStays, match="you can rename it"):
        retire_ticket_type(theatre=theatre, pk=pk("Adult"), retired=True, user=None)
