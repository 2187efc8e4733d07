from datetime import date

import pytest

from cinema.film_tables.dates import day_comes_first, find_year, release_date
from cinema.film_tables.values import Unusable

CHRISTMAS = date(2009, 12, 25)


@pytest.mark.parametrize(
    "cell",
    [
        "2009-12-25",
        "2009/12/25",
        "2009-12-25T00:00:00.000Z",
        "2009-12-25 00:00:00",
        "12/25/2009",
        "12/25/09",
        "25/12/2009",
        "25.12.2009",
        "25 Dec 2009",
        "25-Dec-09",
        "Dec 25 2009",
        "December 25, 2009",
        "25th December 2009",
        "Fri, 25 Dec 2009",
        "25 December 2009 (USA)",
        "20091225",
        40172,  # a spreadsheet's day
        "40172.0",
        1261699200,  # seconds
        1261699200000,  # milliseconds
    ],
)
def test_a_day_is_read_in_the_forms_tables_have(cell):
    assert release_date(cell) == CHRISTMAS


@pytest.mark.parametrize("cell", ["2009", 2009, 2009.0, "2009-12", "2009-00-00", "2009-12-00", "December 2009"])
def test_a_year_or_a_month_is_no_day_but_says_the_year(cell):
    assert release_date(cell) is None
    assert find_year(cell) == 2009


@pytest.mark.parametrize(
    "cell", ["2009-13-45", "2009-02-30", "31/31/2009", "Summer 2009", "soon", "TBA 2", "162", -5, "9" * 80]
)
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(Unusable, match="release date not understood"):
        release_date(cell)


@pytest.mark.parametrize("cell", ["Dec 31 2099", "1492-10-12", "25 Dec"])
def test_a_day_on_which_no_film_can_have_come_out_is_refused(cell):
    with pytest.raises(Unusable, match="release date out of range"):
        release_date(cell)


def test_years_of_two_digits_are_the_nineteen_thirties_to_two_thousand_thirty():
    assert [release_date(f"1-Jan-{year}").year for year in ("30", "31", "46", "98", "07")] == [
        2030,
        1931,
        1946,
        1998,
        2007,
    ]


def test_the_month_comes_first_unless_the_table_says_otherwise():
    assert release_date("5/12/2009") == date(2009, 5, 12)
    assert release_date("5/12/2009", day_first=True) == date(2009, 12, 5)


def test_with_dots_the_day_always_comes_first():
    assert release_date("5.12.2009") == date(2009, 12, 5)


@pytest.mark.parametrize(
    "cells, day_first",
    [
        (["5/12/2009", "6/7/2010"], False),
        (["5/12/2009", "25/12/2009"], True),
        (["12/25/2009", "5-12-2009", None], False),
        (["25/12/2009", "12/25/2009", "31/1/2010"], True),
        (["25.12.2009", "December 25, 2009"], False),
    ],
)
def test_the_rows_without_doubt_decide_for_the_others(cells, day_first):
    assert day_comes_first(cells) is day_first


@pytest.mark.parametrize(
    "cell, year", [("(1994)", 1994), ("1994–1998", 1994), ("PG", None), ("9999", None), (12345, None)]
)
def test_a_year_is_found_in_what_stands_around_it(cell, year):
    assert find_year(cell) == year
