"""The page “Watch a booking”, accessible and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_accessibility import LOOKS, is_clean
from tests.factories import on_card

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture(params=LOOKS)
def reader(new_page: NewPage, request: pytest.FixtureRequest) -> Page:
    on_card(plan="aaaaaaaa", adult=250, child=150)
    return new_page(**request.param)


def watch(page: Page, name: str) -> None:
    page.goto("/guide/trace/")
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["A booking", "A refusal", "Two buyers at one seat"])
def test_axe_finds_nothing_on_the_page(reader, name):
    watch(reader, name)

    expect(reader.get_by_role("heading", level=2).first).to_be_visible()
    reader.evaluate(OPEN)
    is_clean(reader)


def test_the_reader_lets_the_buyers_take_turns_without_javascript(new_page):
    on_card(plan="aaaaaaaa", adult=250)
    page = new_page(java_script_enabled=False)
    watch(page, "Two buyers at one seat")

    for turn in ("Asha: check", "Ben: check", "Asha: begin and lock", "Ben: begin and lock"):
        page.get_by_role("button", name=turn).click()
    expect(page.get_by_text("waits for the other’s lock")).to_be_visible()
    expect(page.get_by_role("button", name="Ben:")).to_be_disabled()

    for turn in ("Asha: lock the seat", "Asha: write", "Asha: commit", "Ben: lock the seat", "Ben: roll back"):
        page.get_by_role("button", name=turn).click()
    expect(page.get_by_text("was just taken")).to_be_visible()

    page.get_by_role("button", name="One step back").click()
    expect(page.get_by_role("button", name="Ben: roll back")).to_be_enabled()
