"""The tax rules of a theatre: services.halls.tax_rules."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from cinema.domain.tax import TaxBand
from cinema.exceptions import AmountTooPrecise, EditConflict, TaxRuleExists
from cinema.models import AuditEvent, TaxRule, Theatre
from cinema.selectors.booking.tax import taxes_at
from cinema.services.halls.tax_rules import add_tax_rule, remove_tax_rule
from cinema.services.halls.theatres import SETTINGS, edit_theatre
from tests.factories import TheatreFactory, owner, tax_rule

pytestmark = pytest.mark.django_db
FLAT = TaxBand("SEAT", date(2024, 1, 1), None, Decimal("18.00"))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory()


def percent(theatre: Theatre, price: int = 250, at: datetime = NOON, kind: str = "SEAT") -> Decimal:
    return taxes_at(Theatre.objects.get(pk=theatre.pk), at).percent(kind, Decimal(price))


def add(theatre: Theatre, band: TaxBand = FLAT, **more) -> Theatre:
    return add_tax_rule(theatre=theatre, version=theatre.version, band=band, user=more.get("user"))


def test_a_rule_counts_from_the_next_sale_on_and_until_it_is_removed(theatre):
    assert percent(theatre) == 0
    theatre = add(theatre)
    assert percent(theatre) == 18

    theatre = add(theatre, FLAT._replace(up_to=Decimal(300), percent=Decimal(5)))
    assert percent(theatre) == 5

    rule = theatre.tax_rules.get(percent=5)
    remove_tax_rule(theatre=theatre, version=theatre.version, pk=rule.pk, user=None)
    assert percent(theatre) == 18


def test_the_day_of_the_sale_is_the_theatres(theatre):
    """At 20:00 in London it is the next day in Mumbai."""
    add(theatre, FLAT._replace(from_day=date(2026, 3, 2)))
    assert percent(theatre, at=NOON.replace(hour=18, minute=29)) == 0
    assert percent(theatre, at=NOON.replace(hour=18, minute=30)) == 18


def test_rules_of_one_kind_and_theatre_are_about_no_other(theatre):
    add(theatre)
    assert percent(theatre, kind="FEE") == 0
    assert percent(TheatreFactory()) == 0


def test_rules_are_read_once_for_all_sales_until_they_change(theatre, django_assert_num_queries):
    tax_rule(theatre, 18)
    for number in (1, 0, 0):
        with django_assert_num_queries(number):
            taxes_at(theatre, NOON)
    tax_rule(theatre, 5, kind="FEE")
    with django_assert_num_queries(1):
        taxes_at(theatre, NOON)


def test_a_change_that_is_undone_leaves_nothing_behind(theatre):
    """The rules read meanwhile are kept under a version that never comes back."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add(theatre)
        assert percent(theatre) == 18
        1 / 0  # noqa: B018
    assert percent(theatre) == 0
    add(theatre, FLAT._replace(percent=Decimal(5)))
    assert percent(theatre) == 5


def test_an_event_says_which_rules_there_were_and_are(theatre):
    user = owner()
    theatre = add(theatre, FLAT._replace(up_to=Decimal(100)), user=user)

    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.theatre) == (AuditEvent.Action.THEATRE, user, theatre)
    assert event.details["changes"] == {"tax_rules": [[], ["SEAT ≤ 100.00, 2024-01-01: 18.00 %"]]}


def test_who_has_not_seen_the_latest_change_overwrites_nothing(theatre):
    changed = add(theatre)
    with pytest.raises(EditConflict, match="tax rules"):
        add(theatre, FLAT._replace(kind="FEE"))
    with pytest.raises(EditConflict):
        remove_tax_rule(theatre=theatre, version=0, pk=TaxRule.objects.get().pk, user=None)
    with pytest.raises(EditConflict):
        now = {name: getattr(theatre, name) for name in SETTINGS}
        edit_theatre(theatre=theatre, version=0, settings=now | {"city": "Pune"}, user=None)
    assert changed.version == Theatre.objects.get().version == 1
    assert TaxRule.objects.count() == 1


@pytest.mark.parametrize("up_to", [None, Decimal(100)])
def test_two_rules_for_the_same_prices_and_day_are_refused(theatre, up_to):
    band = FLAT._replace(up_to=up_to)
    theatre = add(theatre, band)
    with pytest.raises(TaxRuleExists):
        add(theatre, band._replace(percent=Decimal(5)))
    add(theatre, band._replace(from_day=date(2024, 1, 2)))


def test_a_limit_is_an_amount_that_can_be_paid(theatre, settings):
    settings.CURRENCY = "JPY"
    with pytest.raises(AmountTooPrecise):
        add(theatre, FLAT._replace(up_to=Decimal("99.5")))


def test_a_rule_is_removed_at_its_own_theatre_only(theatre):
    rule = tax_rule(TheatreFactory(), 18)
    with pytest.raises(TaxRule.DoesNotExist):
        remove_tax_rule(theatre=theatre, version=0, pk=rule.pk, user=None)
