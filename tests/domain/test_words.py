"""Dates, lists and numbers in words, as each language has them."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from cinema.domain.dates import FORMATS, day_and_time, shown_date
from cinema.domain.lists import and_list, listed, or_list, sentences
from cinema.domain.money import format_money
from cinema.domain.numbers import format_number, format_percent


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_of_a_date_is_one_of_django(form):
    assert shown_date(date(2026, 11, 27), form)


def test_a_day_and_a_time_are_named_together():
    assert day_and_time(shown_date(date(2026, 11, 27), "l j F"), "18:30") == "Friday 27 November, 18:30"


@pytest.mark.parametrize(
    ("language", "all_of_them", "one_of_them"),
    [
        ("en", "A, B and C", "A, B or C"),
        ("de", "A, B und C", "A, B oder C"),
        ("hi", "A, B, और C", "A, B या C"),
        ("ar", "A وB وC", "A أو B أو C"),
    ],
)
def test_a_list_within_a_sentence_has_the_words_of_its_language(language, all_of_them, one_of_them):
    with override(language):
        assert (and_list("ABC"), or_list("ABC")) == (all_of_them, one_of_them)


def test_lists_and_sentences_leave_out_what_is_empty():
    assert listed(["A", "", None, "B"]) == "A, B"
    assert sentences(["One.", "", "Two."]) == "One. Two."


@pytest.mark.parametrize(
    ("language", "number", "short", "percent"),
    [
        ("en", "1,234,567", "1.5", "39.0%"),
        ("de", "1.234.567", "1,5", "39,0\u00a0%"),
        ("hi", "12,34,567", "1.5", "39.0%"),
    ],
)
def test_numbers_have_the_separators_of_their_language(language, number, short, percent):
    with override(language):
        assert (format_number(1_234_567), format_number(1.5, 1)) == (number, short)
        assert format_percent(Decimal(39), (1, 1)) == percent


def test_a_minus_in_arabic_stands_before_its_number():
    with override("ar"):
        written = [format_money(Decimal(-250)), format_number(-5), format_percent(Decimal(-5))]
    assert all("\N{LEFT-TO-RIGHT MARK}-" in text for text in written)
