"""A receipt is read, printed and saved as a file."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cinema.models import Receipt, Ticket
from tests.browser.conftest import NewPage
from tests.factories import CONTACT, ShowFactory, TheatreFactory, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket() -> Ticket:
    theatre = TheatreFactory(name="Galaxy", tax=18, tax_number="GSTIN 27AAACG1234A1Z5")
    return sold(ShowFactory(screen__theatre=theatre, movie__title="The Lunchbox"), "A1 A2")


def words(file: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(file).pages).split())


def saved(page: Page) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    return download.value.path()


@pytest.mark.nightly
def test_the_way_from_the_ticket_to_the_file(page: Page, ticket: Ticket):
    page.goto(ticket.get_absolute_url())
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Receipt {Receipt.objects.get()}")

    said = words(saved(page))

    assert "Galaxy 1 Marine Drive, Mumbai GSTIN 27AAACG1234A1Z5" in said
    assert "The Lunchbox" in said and "Total ₹500.00" in said


@pytest.mark.nightly
def test_the_way_to_a_receipt_for_a_company_without_javascript(js_off_page: Page, ticket: Ticket):
    page = js_off_page
    page.goto(f"{ticket.get_absolute_url()}receipt/")
    page.get_by_role("link", name="Receipt for a company").click()
    page.get_by_label("Company").fill("Rao & Co")
    page.get_by_label("Tax number").fill("27AAACR1234A1Z5")
    page.get_by_label("Email address of the booking").fill(CONTACT.email)
    page.get_by_role("button", name="Issue the receipt").click()

    expect(page.get_by_text("Your receipt for Rao & Co is ready.")).to_be_visible()
    assert "For Rao & Co 27AAACR1234A1Z5" in words(saved(page))


@pytest.mark.nightly
def test_it_is_printed_on_one_sheet_without_what_belongs_to_the_screen(new_page: NewPage, ticket: Ticket, tmp_path):
    page = new_page(color_scheme="dark")
    page.goto(f"{ticket.get_absolute_url()}receipt/")

    page.pdf(path=tmp_path / "sheet.pdf", format="A4")

    said = words(tmp_path / "sheet.pdf")
    assert len(PdfReader(tmp_path / "sheet.pdf").pages) == 1
    assert "GSTIN 27AAACG1234A1Z5" in said and "₹500.00" in said
    assert "Download" not in said and "Programme" not in said


@pytest.mark.nightly
def test_an_item_has_the_whole_width_of_a_phone(new_page: NewPage, ticket: Ticket):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{ticket.get_absolute_url()}receipt/")
    item, table = page.locator(".receipt-items tbody td").first.bounding_box(), page.locator(".receipt-items")
    assert item["width"] > table.bounding_box()["width"] - 2
    amounts = page.locator(".receipt-items :is(tbody, tfoot) td:last-child").evaluate_all(
        "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().right))"
    )
    assert len(set(amounts)) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 390
