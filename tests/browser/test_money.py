"""Scripts write amounts of money and times exactly as the server does."""

from datetime import time
from decimal import Decimal
from itertools import product

import pytest
from django.utils.translation import override
from playwright.sync_api import Page

from cinema.domain.clock import clock_style, written_time
from cinema.domain.money import format_money, money_style
from tests.factories import ShowFactory

AMOUNTS = [
    Decimal(amount) for amount in ("0", "7", "9.50", "250", "999.99", "1234", "12345.60", "1234567", "1234567.89")
]
AMOUNTS += [-amount for amount in AMOUNTS if amount]
MINUTES = [0, 30, 545, 720, 725, 1110, 1439]
LANGUAGES = ("en", "de", "fr", "es", "hi", "ne", "ar")
CASES = list(product(LANGUAGES, ("INR", "EUR", "USD", "JPY", "NPR")))
CASES += [("en", "CHF"), ("de-ch", "CHF"), ("ja", "JPY"), ("he", "EUR"), ("pt-br", "USD"), ("nl", "EUR"), ("pl", "EUR")]


@pytest.mark.django_db(transaction=True)
def test_a_script_writes_amounts_and_times_as_the_server_does_in_every_locale(page: Page, settings):
    page.goto(ShowFactory().get_absolute_url())
    ours, styles = [], []
    for locale, settings.CURRENCY in CASES:
        with override(locale):
            styles.append(money_style()._asdict())
            ours.append([format_money(amount) for amount in AMOUNTS])
    theirs = page.evaluate(
        "async ([amounts, styles]) => {"
        " const { money } = await import('/static/js/money.js');"
        " return styles.map((style) => amounts.map((amount) => money(amount, style))); }",
        [[float(amount) for amount in AMOUNTS], styles],
    )
    for case, we, they in zip(CASES, ours, theirs, strict=True):
        assert they == we, case
    assert times_in_scripts(page) == times_of_the_server()


def times_of_the_server() -> list[list[str]]:
    written = []
    for language in (*LANGUAGES, "en-us"):
        with override(language):
            written.append([written_time(time(minute // 60, minute % 60)) for minute in MINUTES])
    return written


def times_in_scripts(page: Page) -> list[list[str]]:
    styles = []
    for language in (*LANGUAGES, "en-us"):
        with override(language):
            styles.append(clock_style()._asdict())
    return page.evaluate(
        "async ([minutes, styles]) => {"
        " const { writtenTime } = await import('/static/js/clock.js');"
        " return styles.map((style) => minutes.map((minute) => writtenTime(minute, style))); }",
        [MINUTES, styles],
    )


@pytest.mark.django_db(transaction=True)
def test_the_total_on_the_map_stands_there_as_at_the_checkout(page: Page, settings):
    settings.CURRENCY = "CHF"
    page.goto(ShowFactory(price=Decimal("12.50")).get_absolute_url())

    for name in ("Row A, seat 1", "Row A, seat 2", "Row A, seat 3"):
        page.get_by_role("checkbox", name=name).check()

    assert page.locator("[data-seat-map=total]").text_content() == "CHF\u00a037.50"
