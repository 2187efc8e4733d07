"""Texts in pictures: letters that are joined, and directions of writing."""

import pytest
from anyascii import anyascii
from PIL import Image, ImageDraw

from cinema.exports.directions import LEFT_MARK, RIGHT_MARK, runs
from cinema.exports.letters import LetterStyle

BOAT = "القارب"
STYLE = LetterStyle(40, bold=False)


def drawn(text: str) -> Image.Image:
    image = Image.new("L", (900, 80))
    STYLE.draw(ImageDraw.Draw(image), text, (10, 55), 255)
    return image


def ink(image: Image.Image) -> tuple[int, int]:
    """The first and the last column that is not empty."""
    box = image.getbbox()
    assert box
    return box[0], box[2]


@pytest.mark.parametrize(
    ("line", "in_order"),
    [
        ("The Boat", ["The Boat"]),
        (BOAT, [BOAT]),
        (f"{BOAT} 2", ["2", " ", BOAT]),
        (f"{BOAT} Das Boot 2", ["Das Boot 2", " ", BOAT]),
        (f"Das Boot {BOAT} 2", ["Das Boot ", "2", " ", BOAT]),
        (f"{BOAT} (1981)", [")", "1981", " (", BOAT]),
        (f"{LEFT_MARK}{BOAT}, 20:00", [LEFT_MARK, "20:00", ", ", BOAT]),
        (f"\u2068Das Boot!\u2069 {BOAT}", [BOAT, " ", "Das Boot!"]),
        ("क\u200dष 1", ["क\u200dष", " 1"]),
    ],
)
def test_a_line_is_drawn_in_the_order_of_its_directions(line, in_order):
    marks = "\u2068\u2069"
    shown = [run.text.strip(marks) for run in runs(line)]
    assert [text for text in shown if text] == in_order


def test_letters_between_right_and_left_are_mirrored_and_others_are_not():
    assert [run.right_to_left for run in runs(f"{BOAT} (1981)")] == [True, False, True, True]


def test_arabic_letters_are_joined_and_drawn_from_right_to_left():
    apart = sum(STYLE.width(letter) for letter in BOAT)
    assert STYLE.width(BOAT) < apart
    line = drawn(f"{BOAT} II")
    first, last = ink(line)
    assert ink(line.crop((0, 0, first + STYLE.width("II") + 2, 80)))[0] == first  # II is at the left
    assert last - first == pytest.approx(STYLE.width(f"{BOAT} II"), abs=8)


def test_signs_of_hindi_join_whatever_the_machine_has():
    assert STYLE.width("क्ष") < STYLE.width("क") + STYLE.width("ष")


def test_arabic_is_not_spelled_in_latin_letters():
    assert STYLE.known(f"{BOAT} 東") == f"{BOAT} Dong"
    assert list(drawn(BOAT).tobytes()) != list(drawn(anyascii(BOAT)).tobytes())


def test_lines_of_a_text_keep_its_direction():
    text = f"{BOAT} " + "The Boat and the Sea " * 3
    lines = STYLE.wrap(text, 400)
    assert len(lines) > 2
    assert all(line.startswith(RIGHT_MARK) and STYLE.width(line) <= 400 for line in lines)
    assert STYLE.wrap("The Boat", 400) == ["The Boat"]
