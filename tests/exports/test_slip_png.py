"""Slips for receipt printers, as pictures."""

import io

import pytest
from anyascii import anyascii
from PIL import Image, ImageChops

from cinema.domain import qr
from cinema.domain.slips import Code, Line, Pair, Rule
from cinema.exports.slip_png import MODULE, WIDTH, LetterStyle, slip_png


def picture(*parts) -> Image.Image:
    return Image.open(io.BytesIO(slip_png(parts)))


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything black."""
    return ImageChops.invert(image.convert("L")).getbbox()


def test_a_code_is_printed_in_squares_of_a_millimetre():
    path = "/tickets/v3dnm1adbcjtV03th6fa7w/"
    code = qr.image(path, module=MODULE)
    slip = picture(Code(path))

    left = (WIDTH - code.width) // 2
    top = ink(slip)[1] - ink(code)[1]
    printed = slip.crop((left, top, left + code.width, top + code.height))
    assert MODULE == 8  # dots, at 203 dpi
    assert ImageChops.difference(printed.convert("L"), code.convert("L")).getbbox() is None


def test_a_code_of_a_long_link_still_fits():
    assert ink(picture(Code("/tickets/" + "x" * 300)))[2] <= WIDTH


@pytest.mark.parametrize("text", ["One " * 60, "x" * 300, "दिलवाले दुल्हनिया ले जायेंगे " * 9, "東京 " * 40])
def test_no_text_is_wider_than_the_paper(text):
    for part in (Line(text), Line(text, large=True), Pair(text, "₹1,250.00"), Pair("Reason", text[:40])):
        left, _top, right, _bottom = ink(picture(part))
        assert 0 <= left < right <= WIDTH, part


def test_letters_that_no_font_has_are_spelled_in_latin_ones():
    assert LetterStyle(26, bold=False).known("東京\n") == "DongJing "[:8]


def test_arabic_is_printed_in_its_own_letters_from_the_right():
    title, amount = "القارب", "12.00"
    slip = Image.open(io.BytesIO(slip_png([Pair(title, amount)], right_to_left=True)))
    mirrored, latin = picture(Pair(title, amount)), picture(Pair(anyascii(title), amount))
    half = (0, 0, WIDTH // 2, slip.height)
    assert ink(slip.crop(half))[2] - ink(slip.crop(half))[0] < 90  # the amount
    assert ink(slip)[2] > WIDTH - 20
    assert ImageChops.difference(mirrored.crop(half), latin.crop(half)).getbbox()


def test_a_space_that_keeps_a_currency_beside_its_amount_stays():
    assert LetterStyle(26, bold=False).known("12,00\u00a0€") == "12,00\u00a0€"


def test_parts_stand_below_each_other():
    alone, both = picture(Line("Galaxy")), picture(Line("Galaxy"), Rule(), Line("Galaxy"))
    assert both.height > 2 * alone.height - 40
    assert both.width == alone.width == WIDTH


def test_nothing_is_an_empty_slip():
    assert picture().size[0] == WIDTH
