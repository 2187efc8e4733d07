import pytest

from cinema.domain.seating.drawings import DrawingError, read_plan
from cinema.domain.seating.numbering import row_names
from cinema.models import Screen, Seat, SeatCategory, Theatre
from cinema.services.halls.halls import build_screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre() -> Theatre:
    return Theatre.objects.create(name="Regal", slug="regal", city="Pune", address="1 Road", time_zone="Asia/Kolkata")


@pytest.fixture
def categories(theatre: Theatre) -> dict[str, SeatCategory]:
    return {
        letter: SeatCategory.objects.create(theatre=theatre, name=name, rank=rank)
        for rank, (letter, name) in enumerate({"c": "Classic", "p": "Premium"}.items(), start=1)
    }


def test_a_drawing_becomes_a_screen_with_its_seats(theatre, categories):
    screen = build_screen(
        theatre=theatre,
        name="One",
        plan="""
            cc.cw
            ,pp.k
        """,
        categories=categories,
        shape=Screen.Shape.CURVED,
    )
    kinds = Seat.Kind
    assert (screen.theatre, screen.name, screen.shape) == (theatre, "One", Screen.Shape.CURVED)
    assert list(screen.seats.values_list("row", "number", "x", "y", "category__name", "kind")) == [
        ("A", 1, 0, 0, "Classic", kinds.STANDARD),
        ("A", 2, 2, 0, "Classic", kinds.STANDARD),
        ("A", 3, 6, 0, "Classic", kinds.STANDARD),
        ("A", 4, 8, 0, "Classic", kinds.WHEELCHAIR),
        ("B", 1, 1, 1, "Premium", kinds.STANDARD),
        ("B", 2, 3, 1, "Premium", kinds.STANDARD),
        ("B", 3, 7, 1, "Classic", kinds.COMPANION),
    ]


def test_a_hall_is_built_in_a_few_queries_whatever_its_size(theatre, categories, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        build_screen(theatre=theatre, name="Big", plan="\n".join(["c" * 30] * 10), categories=categories)
    assert Seat.objects.count() == 300


def test_an_empty_line_is_a_cross_aisle_without_a_letter():
    assert [(place.row, place.y) for place in read_plan("c\n\nc", "c")] == [("A", 0), ("B", 2)]


def test_rows_are_lettered_without_i_and_o_and_go_on_after_z():
    names = list(row_names())
    assert "".join(names[:10]) == "ABCDEFGHJK"
    assert names[23:26] == ["Z", "AA", "AB"]
    assert not any(letter in name for name in names for letter in "IO")


def test_a_capital_letter_is_half_a_love_seat_of_its_category(theatre, categories):
    screen = build_screen(theatre=theatre, name="One", plan="ppPPPP.CC", categories=categories)

    assert list(screen.seats.values_list("number", "category__name", "kind").order_by("number"))[1:] == [
        (2, "Premium", "STANDARD"),
        *[(number, "Premium", "LOVE") for number in (3, 4, 5, 6)],
        *[(number, "Classic", "LOVE") for number in (7, 8)],
    ]


@pytest.mark.parametrize(("plan", "column"), [("PPP", 1), ("cc P", 4), ("PPCPP", 3), ("PP,P", 4)])
def test_a_love_seat_without_its_other_half_is_refused(theatre, categories, plan, column):
    with pytest.raises(DrawingError, match="love seats come in pairs") as caught:
        build_screen(theatre=theatre, name="One", plan="cc\n" + plan, categories=categories)

    assert (caught.value.line, caught.value.column) == (2, column)
    assert not Screen.objects.exists()


@pytest.mark.parametrize(
    ("plan", "line", "column", "reason"),
    [
        ("cc\nc?c", 2, 2, "“?” is not a seat or a gap."),
        ("cc\n\nC", 3, 1, "“C” is not a seat or a gap."),
        ("", 1, 1, "the hall has no seats."),
        (" .,\n..", 1, 1, "the hall has no seats."),
        ("\n".join(["c"] * 601), 601, 1, "there are too many rows."),
    ],
)
def test_a_bad_drawing_is_refused_with_its_place(plan, line, column, reason):
    with pytest.raises(DrawingError) as caught:
        read_plan(plan, "c")
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value) == f"Line {line}, character {column}: {reason}"


def test_a_refused_drawing_leaves_nothing_behind(theatre, categories):
    with pytest.raises(DrawingError):
        build_screen(theatre=theatre, name="One", plan="cc\nxx", categories=categories)
    assert not Screen.objects.exists()


@pytest.mark.parametrize("letter", ["w", ".", "cc", "", "C"])
def test_a_letter_that_already_has_a_meaning_cannot_stand_for_a_category(theatre, categories, letter):
    with pytest.raises(ValueError, match="cannot stand for"):
        build_screen(theatre=theatre, name="One", plan="c", categories={letter: categories["c"]})
