from datetime import date

import pytest

from cinema.film_tables.dates import DateOrder, date_order, find_year, is_span, release_date
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
        "25. Dezember 2009",
        "25 décembre 2009",
        "25 de diciembre de 2009",
        "25 dicembre 2009",
        "25 de dezembro de 2009",
        "25 december 2009",
        "25 grudnia 2009",
        "25 декабря 2009 г.",
        "Freitag, 25. Dez. 2009",
        "Fr, 25.12.09",
        "2009年12月25日",
        "2009-12-25\u200b",
        "20091225",
        40172,  # a spreadsheet's day
        "40172.0",
        1261699200,  # seconds
        1261699200000,  # milliseconds
    ],
)
def test_a_date_is_read_in_many_formats(cell):
    assert release_date(cell) == CHRISTMAS


@pytest.mark.parametrize("cell", ["2009", 2009, 2009.0, "2009-12", "2009-00-00", "2009-12-00", "December 2009"])
def test_a_year_or_a_month_is_no_date_but_has_a_year(cell):
    assert release_date(cell) is None
    assert find_year(cell) == 2009


@pytest.mark.parametrize(
    "cell", ["2009-13-45", "2009-02-30", "31/31/2009", "Summer 2009", "soon", "TBA 2", "162", -5, "9" * 80]
)
def test_an_invalid_date_is_refused(cell):
    with pytest.raises(Unusable, match="release date not understood"):
        release_date(cell)


@pytest.mark.parametrize("cell", ["1492-10-12", "25 Dec"])
def test_a_date_before_the_first_films_is_refused(cell):
    with pytest.raises(Unusable, match="release date out of range"):
        release_date(cell)


@pytest.mark.parametrize("cell", ["Dec 31 2099", "2099-01-01", "15.12.2099"])
def test_a_date_far_in_the_future_is_refused(cell):
    with pytest.raises(Unusable, match="release date is far in the future"):
        release_date(cell)


def test_a_cell_of_brackets_is_read_quickly():
    with pytest.raises(Unusable, match="release date not understood"):
        release_date("(" * 100_000)


def test_years_of_two_digits_are_1931_to_2030():
    assert [release_date(f"1-Jan-{year}").year for year in ("30", "31", "46", "98", "07")] == [
        2030,
        1931,
        1946,
        1998,
        2007,
    ]


def test_the_month_is_first_by_default():
    assert release_date("5/12/2009") == date(2009, 5, 12)
    assert release_date("5/12/2009", day_first=True) == date(2009, 12, 5)


def test_dates_with_dots_have_the_day_first():
    assert release_date("5.12.2009") == date(2009, 12, 5)


@pytest.mark.parametrize(
    "cells, order",
    [
        (["5/12/2009", "6/7/2010"], DateOrder(None, "", "5/12/2009")),
        (["5/12/2009", "25/12/2009"], DateOrder(True, "25/12/2009", "5/12/2009")),
        (["12/25/2009", "5-12-2009", None], DateOrder(False, "12/25/2009", "5-12-2009")),
        (["25/12/2009", "12/25/2009", "31/1/2010"], DateOrder(True, "25/12/2009", "")),
        (["25.12.2009", "December 25, 2009", "5/5/2009"], DateOrder(None, "", "")),
    ],
)
def test_unambiguous_rows_decide_for_the_others(cells, order):
    assert date_order(cells) == order


@pytest.mark.parametrize(
    "header, day_first", [("Release Date (month/day/year)", False), ("Start (TT.MM.JJJJ)", True), ("dd/mm/yyyy", True)]
)
def test_a_header_may_give_the_order_of_dates(header, day_first):
    assert date_order(["5/12/2009"], header).day_first is day_first


@pytest.mark.parametrize("cell", ["1994–1998", "(2011– )", "2008-", "2019 - 2022"])
def test_two_years_are_a_range(cell):
    assert is_span(cell)


@pytest.mark.parametrize("cell", ["1994", "(1994)", "-1994", "2009-12", "2009-12-25", "1994-1994", None])
def test_a_single_year_is_no_range(cell):
    assert not is_span(cell)


@pytest.mark.parametrize(
    "cell, year", [("(1994)", 1994), ("1994–1998", 1994), ("PG", None), ("9999", None), (12345, None)]
)
def test_a_year_is_found_within_a_text(cell, year):
    assert find_year(cell) == year
