"""Receipts as PDF files: any letters, any length."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from cinema.exports.font_files import ARABIC, DEVANAGARI
from cinema.exports.receipt_pdf import ReceiptPage, receipt_pdf
from cinema.models import Order, Receipt
from cinema.selectors.money.receipt_documents import buyers_document
from cinema.selectors.money.receipts import receipts
from tests.conftest import nightly
from tests.factories import ShowFactory, TheatreFactory, receipt_of, sold

pytestmark = pytest.mark.django_db


def of(title: str = "The Film", seats: str = "A1", **theatre: str) -> Receipt:
    show = ShowFactory(movie__title=title, screen__theatre=TheatreFactory(**theatre), screen__columns=10)
    return receipts().get(pk=receipt_of(sold(show, seats)).pk)


def read(receipt: Receipt) -> PdfReader:
    return PdfReader(BytesIO(receipt_pdf(buyers_document(receipt))))


def words(receipt: Receipt) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(receipt).pages).split())


@pytest.mark.parametrize(
    "title",
    [
        nightly("श्री क्षेत्र"),
        "Żółć in Ærøskøbing",
        nightly("Жизнь"),
        nightly("Ελλάδα"),
        nightly("“Ça va?” — oui…"),
        nightly("A <b>&amp; B"),
        "Row 1, क 2",
        "القارب",
    ],
)
def test_the_letters_of_a_title_are_there_and_can_be_selected(title):
    assert title in words(of(title))


@pytest.mark.parametrize(("title", "spelled"), [("千と千尋", "Qian"), ("Pokémon 😀", "Pokémon")])
def test_letters_that_the_font_lacks_are_spelled_in_latin_ones(title, spelled):
    assert spelled in words(of(title))


@pytest.mark.parametrize(("currency", "amount"), [("INR", "₹250.00"), ("EUR", "€250.00"), ("JPY", "¥250")])
def test_amounts_are_in_the_currency_of_the_order(settings, currency, amount):
    settings.CURRENCY = currency
    assert f"Total {amount}" in words(of())


def test_letters_of_hindi_are_joined():
    page = ReceiptPage(margin=20)
    page.add_family(DEVANAGARI)
    page.set_font(DEVANAGARI, size=10)
    joined = page.get_string_width("क्ष")
    page.set_text_shaping(False)
    assert joined < page.get_string_width("क्ष")


def test_letters_of_arabic_are_joined_by_their_forms():
    page = ReceiptPage(margin=20)
    page.add_family(ARABIC)
    page.set_font(ARABIC, size=10)
    assert page.get_string_width("كتب") < sum(map(page.get_string_width, "كتب"))


def test_lines_after_one_in_another_script_are_drawn():
    assert "Marine Drive, Mumbai" in words(of(name="गैलेक्सी", address="Marine Drive", city="Mumbai"))


def test_a_receipt_in_arabic_reads_from_right_to_left():
    receipt = of("القارب")
    Order.objects.update(language="ar")
    places = {}

    def note(text, _matrix, place, _font, _size):
        places.setdefault(text.strip(), place[4])

    page = read(receipts().get(pk=receipt.pk)).pages[0]
    assert "القارب" in page.extract_text(visitor_text=note)
    [amount] = {x for text, x in places.items() if "250.00" in text}
    [title] = {x for text, x in places.items() if "القارب" in text}
    assert amount < 100 < 300 < title


def test_a_very_long_title_and_many_seats_stay_on_the_page():
    receipt = of("A title that does not end " * 7, " ".join(f"A{n}" for n in range(1, 11)))
    pages = read(receipt).pages
    assert len(pages) == 2
    assert "Total ₹2,500.00" in words(receipt)


def test_the_same_receipt_is_the_same_file():
    receipt = of()
    assert receipt_pdf(buyers_document(receipt)) == receipt_pdf(buyers_document(receipt))


def test_it_is_in_the_language_of_the_order():
    receipt = of()
    Order.objects.update(language="de")
    pdf = read(receipts().get(pk=receipt.pk))
    assert pdf.trailer["/Root"]["/Lang"] == "de"
    assert "250,00 ₹" in " ".join(pdf.pages[0].extract_text().split())


def test_a_prefix_with_a_stroke_makes_a_file_name():
    receipt = of(receipt_prefix="GX/")
    assert buyers_document(receipt).filename == f"receipt-GX-{receipt.year}-000001.pdf"
