"""The names of languages that films are spoken in."""

import pytest
from django.utils.translation import gettext, override

from cinema.domain.spoken import language_name
from cinema.film_tables.languages import find_language


@pytest.mark.parametrize(
    ("shown_in", "code", "said"),
    [
        ("de", "sv", "Schwedisch"),
        ("ar", "hi", "الهندية"),
        ("fr", "ne", "népalais"),
        ("de", "zh-Hant", "Chinesisch (traditionell)"),
        ("de", "x1", "Our dialect"),
        ("en", "sv", "Our dialect"),
    ],
    ids=["German", "Arabic", "French", "with a script", "unknown", "the site's own"],
)
def test_a_language_is_named_in_that_of_the_page(shown_in, code, said):
    with override(shown_in):
        assert language_name(code, "Our dialect") == said


def test_outside_a_page_it_has_the_name_that_the_cinema_gave_it():
    with override(None):
        assert language_name("sv", "Our dialect") == "Our dialect"


@pytest.mark.parametrize("shown_in", ["en", "de", "ar"])
def test_no_dialogue_is_said_in_our_own_words(shown_in):
    with override(shown_in):
        assert language_name("zxx", "Silent") == gettext("No dialogue")
        assert find_language(gettext("No dialogue")) == ("zxx", "No dialogue")
