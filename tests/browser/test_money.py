"""Scripts write amounts of money exactly as the server does."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from playwright.sync_api import Page

from cinema.domain.money import format_money, money_style
from tests.factories import ShowFactory

AMOUNTS = [
    Decimal(amount) for amount in ("0", "7", "9.50", "250", "999.99", "1234", "12345.60", "1234567", "1234567.89")
]
CASES = [("en", "INR"), ("hi", "INR"), ("de", "EUR"), ("fr", "EUR"), ("pl", "EUR"), ("es", "EUR"), ("nl", "EUR")]
CASES += [("en", "CHF"), ("de-ch", "CHF"), ("ja", "JPY"), ("ar", "EUR"), ("he", "EUR"), ("pt-br", "USD")]


@pytest.mark.django_db(transaction=True)
def test_a_script_writes_every_amount_as_the_server_does_in_every_locale(page: Page, settings):
    page.goto(ShowFactory().get_absolute_url())
    for locale, settings.CURRENCY in CASES:
        with override(locale):
            style, ours = money_style()._asdict(), [format_money(amount) for amount in AMOUNTS]
        theirs = page.evaluate(
            "async ([amounts, style]) => {"
            " const { money } = await import('/static/js/money.js');"
            " return amounts.map((amount) => money(amount, style)); }",
            [[float(amount) for amount in AMOUNTS], style],
        )
        assert theirs == ours, (locale, settings.CURRENCY)


@pytest.mark.django_db(transaction=True)
def test_the_total_on_the_map_stands_there_as_at_the_checkout(page: Page, settings):
    settings.CURRENCY = "CHF"
    page.goto(ShowFactory(price=Decimal("12.50")).get_absolute_url())

    for name in ("Row A, seat 1", "Row A, seat 2", "Row A, seat 3"):
        page.get_by_role("checkbox", name=name).check()

    assert page.locator("[data-seat-map=total]").text_content() == "CHF\u00a037.50"
