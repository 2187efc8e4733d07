"""The page “Watch a booking” of the demo."""

import pytest
from django.urls import reverse

from cinema.models import Hold
from tests.factories import on_card
from tests.views.browsers import browser, is_kept_nowhere, text

pytestmark = pytest.mark.django_db(transaction=True)
URL = reverse("trace")


def post(**data):
    return browser().post(URL, data)


def test_the_page_offers_what_there_is_to_watch_and_books_nothing_yet():
    on_card(plan="aaaaaaaa", adult=250)

    page = browser().get(URL)

    assert "Two buyers at one seat" in text(page)
    assert is_kept_nowhere(page)
    assert not Hold.objects.exists()


def test_a_booking_is_told_with_layers_data_statements_and_html():
    on_card(plan="aaaaaaaa", adult=250)

    said = text(post(watch="booking"))

    assert "SEARCH cinema_show USING" in said or "Index Scan using" in said or "Seq Scan on" in said
    assert "{{" not in said
    for part in ("show_hold", "HoldForm.full_clean", "hold_seats", "COMMIT", "AVAILABLE → HELD", "<main"):
        assert part in said


def test_a_refusal_names_what_was_rolled_back():
    on_card(plan="aaaaaaaa", adult=250)

    said = text(post(watch="refusal"))

    assert "Rolled back" in said
    assert "INSERT cinema_hold" in said


def test_each_button_of_the_race_adds_a_turn():
    on_card(plan="aaaaaaaa", adult=250)

    page = post(watch="race", turns="AB").content.decode()

    assert 'name="turns" value="ABA"' in page
    assert 'name="turns" value="ABB"' in page
    assert 'name="turns" value="A"' in page


def test_turns_nobody_has_are_ignored():
    on_card(plan="aaaaaaaa", adult=250)

    assert 'value="ABA"' in post(watch="race", turns="<A>xB\0").content.decode()


def test_without_a_show_on_sale_the_page_says_what_to_do():
    page = post(watch="booking")

    assert page.status_code == 409
    assert "manage.py demo" in text(page)
