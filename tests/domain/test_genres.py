"""The names of genres."""

import pytest
from django.utils.translation import override

from cinema.domain.genres import KNOWN, genre_name


@pytest.mark.parametrize(
    ("shown_in", "name", "said"),
    [
        ("de", "Comedy", "Komödie"),
        ("ar", "Comedy", "كوميديا"),
        ("de", "Bergfilm", "Bergfilm"),
        ("en", "Sci-Fi", "Sci-Fi"),
    ],
    ids=["German", "Arabic", "one of the cinema's own", "the site's own language"],
)
def test_a_genre_is_named_in_the_language_of_the_page(shown_in, name, said):
    with override(shown_in):
        assert genre_name(name) == said


def test_no_two_genres_have_one_name_in_a_language_but_for_two_spellings():
    with override("de"):
        names = [str(name) for name in KNOWN.values()]

    assert len(set(names)) >= len(names) - 1  # “Sci-Fi” and “Science Fiction”
