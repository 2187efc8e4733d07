"""Cells with the further films of a double bill."""

from decimal import Decimal

import pytest

from cinema.film_tables.double_bills import FurtherCell, read_further, write_further
from cinema.models import FurtherFilm, Movie

TENTH = Decimal(10)


@pytest.mark.parametrize("year", [None, 2011])
@pytest.mark.parametrize(
    "title", ["Steins;Gate", "Love; Life", 'The "One"; Two', '"Up"; "Down"', '"Quoted"', "千;恋", "爱；死", "Up;"]
)
def test_a_title_with_a_semicolon_is_written_as_it_is_read(title, year):
    name = f"{title} ({year})" if year else title
    first, second = (
        FurtherFilm(Movie(title=title, year=year), 15, Decimal(40)),
        FurtherFilm(Movie(title="Up"), 0, TENTH),
    )

    assert read_further(write_further([first, second])) == [FurtherCell(name, *first[1:]), FurtherCell("Up", 0, TENTH)]


@pytest.mark.parametrize(
    "cell",
    ["Up, 40%;Diva, 20%", "Up, 40% ; Diva, 20%;", "Up, 40%\nDiva, 20%", "Up, 40%；Diva, 20%", "; Up, 40%;; Diva, 20%"],
)
def test_films_are_divided_as_people_write_them(cell):
    assert read_further(cell) == [FurtherCell("Up", 0, Decimal(40)), FurtherCell("Diva", 0, Decimal(20))]
