"""Owners decide on the settings page of a theatre which tax prices contain."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, TaxRule, Theatre
from tests.factories import MANAGER, TheatreFactory, owner, staff, tax_rule
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

ADDED = {"tax-kind": "SEAT", "tax-from_day": "2025-09-22", "tax-up_to": "100", "tax-percent": "5", "tax-version": "0"}


@pytest.fixture
def theatre():
    return TheatreFactory(slug="here")


@pytest.fixture
def client(theatre):
    client = browser()
    client.force_login(owner(name="Olga"))
    return client


PAGE = reverse("staff-theatres-edit", args=["here"])
ADD = reverse("staff-theatres-tax-add", args=["here"])


def remove(rule: TaxRule) -> str:
    return reverse("staff-theatres-tax-remove", args=["here", rule.pk])


def test_a_rule_is_added_and_listed(client, theatre):
    response = client.post(ADD, ADDED)

    assert (response.status_code, response.url) == (303, PAGE + "#tax")
    rule = theatre.tax_rules.get()
    assert (rule.kind, rule.from_day, rule.up_to, rule.percent) == ("SEAT", date(2025, 9, 22), 100, 5)
    page = text(client.get(PAGE))
    assert "Tickets up to ₹100 5% 22 September 2025 applies" in page
    assert "Sold without tax today: fees, products, gift cards." in page
    assert "What is sold keeps its tax" in page


def test_the_list_says_which_rules_apply_today_and_which_do_not(client, theatre):
    tomorrow = timezone.localdate(timezone=theatre.tz) + timedelta(days=1)
    tax_rule(theatre, Decimal("7.5"), from_day=date(2020, 2, 1))
    tax_rule(theatre, 18)
    tax_rule(theatre, 0, kind="GIFT_CARD")
    tax_rule(theatre, 5, kind="FEE", from_day=tomorrow)

    page = text(client.get(PAGE))

    assert "Tickets every price 7.5% 1 February 2020 applies" in page
    assert "Tickets every price 18% 1 January 2000 replaced by a newer rule" in page
    assert "begins later" in page
    assert "Sold without tax today: fees, products, gift cards." in page


@pytest.mark.parametrize("shown", ["7,5", "7.5"])
def test_a_rate_may_have_a_decimal_comma(client, shown):
    client.post(ADD, ADDED | {"tax-percent": shown, "tax-up_to": "", "tax-kind": "FEE"})
    assert list(TaxRule.objects.values_list("kind", "up_to", "percent")) == [("FEE", None, Decimal("7.5"))]


def test_a_rule_is_removed_after_a_question(client, theatre):
    rule = tax_rule(theatre, 18)
    page = client.get(PAGE)
    assert "What is already sold keeps its tax." in text(page)
    assert f'action="{remove(rule)}"' in page.content.decode()

    response = client.post(remove(rule), {"version": "0"})

    assert response.status_code == 303
    assert not theatre.tax_rules.exists()
    assert AuditEvent.objects.get().details["changes"] == {"tax_rules": [["SEAT, 2000-01-01: 18.00 %"], []]}
    assert "What was sold keeps its tax." in text(client.get(PAGE))


def test_the_second_to_change_the_rules_sees_what_was_changed(client, theatre):
    rule = tax_rule(theatre, 18)
    client.post(ADD, ADDED)

    for second in (client.post(ADD, ADDED | {"tax-percent": "6"}), client.post(remove(rule), {"version": "0"})):
        assert second.status_code == 409
        assert "Olga changed this" in text(second)
    again = client.post(ADD, ADDED | {"tax-kind": "FEE"})
    assert 'name="tax-version" value="1"' in again.content.decode()
    assert client.post(ADD, ADDED | {"tax-kind": "FEE", "tax-version": "1"}).status_code == 303


def test_a_second_rule_for_the_same_prices_and_day_is_refused_with_the_way_on(client, theatre):
    client.post(ADD, ADDED)
    response = client.post(ADD, ADDED | {"tax-version": "1", "tax-percent": "6"})
    assert response.status_code == 409
    assert "There is already a rule for these prices from this day. Remove it first" in text(response)
    assert TaxRule.objects.get().percent == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"tax-kind": "DISCOUNT"},
        {"tax-kind": ""},
        {"tax-from_day": ""},
        {"tax-from_day": "soon"},
        {"tax-from_day": "2025-13-01"},
        {"tax-percent": ""},
        {"tax-percent": "-1"},
        {"tax-percent": "101"},
        {"tax-percent": "5.123"},
        {"tax-percent": "NaN"},
        {"tax-percent": "1e400"},
        {"tax-up_to": "0"},
        {"tax-up_to": "-5"},
        {"tax-up_to": "9.999"},
        {"tax-up_to": "9" * 11},
        {"tax-up_to": "a\0b"},
        {"tax-version": ""},
        {"tax-version": "9" * 30},
    ],
)
def test_bad_input_is_rejected_and_saves_nothing(client, wrong):
    response = client.post(ADD, ADDED | wrong)

    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not TaxRule.objects.exists()


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_an_invalid_version_removes_nothing(client, theatre, version):
    response = client.post(remove(tax_rule(theatre, 18)), {"version": version})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert TaxRule.objects.exists()


def test_a_rule_of_another_theatre_or_none_is_not_found(client):
    other = tax_rule(TheatreFactory(), 18)
    assert client.post(remove(other), {"version": "0"}).status_code == 404
    assert client.post(reverse("staff-theatres-tax-add", args=["nowhere"]), ADDED).status_code == 404


def test_a_manager_decides_nothing_about_tax(theatre):
    client = browser()
    client.force_login(staff(theatre, MANAGER))
    rule = tax_rule(theatre, 18)
    assert client.post(ADD, ADDED).status_code == client.post(remove(rule), {"version": "0"}).status_code == 404
    assert Theatre.objects.get().tax_rules.get() == rule


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_takes_the_same_statements_for_any_number_of_rules(client, theatre, statements, number):
    for day in range(number):
        tax_rule(theatre, 18, from_day=date(2025, 1, 1) + timedelta(days=day))

    with statements() as seen:
        assert client.get(PAGE).status_code == 200

    assert len(seen) == 6  # session, person, theatre, planned shows, rules, theatres of the menu
