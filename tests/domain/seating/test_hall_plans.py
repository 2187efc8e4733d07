"""Plans of halls: numbering, drawing as text, and matching of changed drawings."""

import pytest

from cinema.domain.seating.drawings import draw, letters_of, read_spots, redraw
from cinema.domain.seating.examples import EXAMPLES, example_spots
from cinema.domain.seating.layout import LayoutError, Spot, check_layout, identify
from cinema.domain.seating.numbering import Numbering, number_seats, numbering_of

CATEGORIES = [11, 12]
LETTERS = letters_of(CATEGORIES)


def read(plan: str) -> list[Spot]:
    """The spots of a plan, each with a key of its own."""
    return [spot._replace(id=key) for key, spot in enumerate(read_spots(plan, CATEGORIES), start=1)]


def said(spots: list[Spot]) -> str:
    """The names of the spots, such as “A1 A2 B1”."""
    return " ".join(f"{spot.row}{spot.number}" for spot in spots)


@pytest.mark.parametrize(
    ("numbering", "names"),
    [
        (Numbering("left"), "A1 A2 A3 B1 B2 B3"),
        (Numbering("right"), "A3 A2 A1 B3 B2 B1"),
        (Numbering("middle"), "A3 A1 A2 B1 B2 B4"),
        (Numbering("sides"), "A1 A3 A2 B1 B4 B2"),
        (Numbering("left", "back"), "B1 B2 B3 A1 A2 A3"),
        (Numbering("left", letters="figures", start=7), "17 18 19 27 28 29"),
        (Numbering("middle", start=2), "A5 A3 A2 B3 B2 B4"),
        (Numbering("keep", "back"), "A1 A2 A3 B1 B2 B3"),
    ],
)
def test_seats_are_numbered_by_every_scheme(numbering, names):
    assert said(number_seats(read("aa.a\na.aa"), numbering)) == names


def test_row_letters_may_leave_out_i_and_o_and_skip_cross_aisles():
    deep = read("\n".join(["a"] * 8 + [""] + ["a"] * 2))
    assert said(number_seats(deep, Numbering()))[-8:] == "H1 J1 K1"
    assert said(number_seats(deep, Numbering(letters="all")))[-8:] == "H1 I1 J1"


def test_a_new_seat_is_named_after_its_row_or_by_the_next_letter():
    spots = [*read("aa\naa"), Spot("", 0, 8, 0, 11), Spot("", 0, 0, 5, 11)]
    assert said(number_seats(spots, Numbering("keep"))) == "A1 A2 A3 B1 B2 C1"


@pytest.mark.parametrize("seats", ["left", "right", "middle", "sides"])
@pytest.mark.parametrize("rows", ["front", "back"])
def test_the_scheme_of_a_hall_is_recognised(seats, rows):
    scheme = Numbering(seats, rows)
    assert numbering_of(number_seats(read("aaaa\naa.aaa\naaaaa"), scheme)) == scheme


def test_a_hall_numbered_by_no_scheme_keeps_its_numbers():
    odd = [spot._replace(number=spot.number * 3) for spot in read("aaa")]
    assert numbering_of(odd).seats == "keep"


@pytest.mark.parametrize("plan", ["aa.bb", ",aa\n\nbb,AA", "kwaa\n.BB", "a"])
def test_a_hall_drawn_as_text_is_read_as_the_same_hall(plan):
    spots = read(plan)
    assert draw(spots, LETTERS) == plan
    assert redraw(plan, spots, CATEGORIES) == spots


def test_inserting_a_row_keeps_the_identity_of_every_seat():
    again = redraw("bbb\naa\nbb", read("aa\nbb"), CATEGORIES)
    assert [spot.id for spot in again] == [None, None, None, 1, 2, 3, 4]
    assert said(number_seats(again, Numbering("keep"))) == "C1 C2 C3 A1 A2 B1 B2"


def test_seats_are_matched_in_order_or_in_a_shorter_row_by_place():
    assert [spot.id for spot in redraw(",aa\nbb", read("aa\nbb"), CATEGORIES)] == [1, 2, 3, 4]
    assert [spot.id for spot in redraw("a.a\nbb", read("aaa\nbb"), CATEGORIES)] == [1, 3, 4, 5]


def test_a_hall_that_does_not_begin_at_the_origin_keeps_its_place():
    spots = [spot._replace(x=spot.x + 6, y=spot.y + 2) for spot in read("aa\nbb")]
    assert redraw("aa\nbb", spots, CATEGORIES) == spots


def test_a_wheelchair_space_keeps_its_category_which_is_not_drawn():
    spots = [spot._replace(category=12) for spot in read("kw")]
    assert [spot.category for spot in redraw("kw", spots, CATEGORIES)] == [12, 12]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.key)
@pytest.mark.parametrize("categories", [[1], [1, 2], [1, 2, 3, 4]])
def test_every_example_can_be_built_with_any_number_of_categories(example, categories):
    check_layout(example_spots(example, categories), categories)


def test_a_new_seat_in_the_place_of_a_removed_one_is_that_seat():
    spots = [Spot("A", 1, 0, 0, 11), Spot("A", 2, 2, 0, 11, id=2), Spot("A", 3, 4, 0, 11, id=99)]
    assert [spot.id for spot in identify(spots, {1: (0, 0), 2: (0, 2)})] == [1, 2, None]


def test_halves_of_different_categories_are_no_love_seat():
    pair = [Spot("A", 1, 0, 0, 11, "LOVE"), Spot("A", 2, 2, 0, 12, "LOVE")]
    with pytest.raises(LayoutError, match="half a love seat"):
        check_layout(pair, CATEGORIES)
