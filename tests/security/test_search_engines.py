"""Search engines find the pages that are meant for everybody, and no other."""

import pytest

from tests.security.site import answers

pytestmark = pytest.mark.django_db

FOUND = {
    *("programme", "coming-soon", "movie", "season", "theatre", "show", "gift-cards"),
    *("legal-imprint", "legal-terms", "legal-privacy", "theatre-imprint", "theatre-terms", "theatre-privacy"),
    *("movie-poster", "movie-card", "programme-card", "theatre-card", "season-card", "coming-card"),
    *("favicon", "apple-touch-icon", "letter-icon", "logo-icon", "robots", "sitemap", "manifest"),
}


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_url_is_hidden_from_search_engines_unless_it_is_for_everybody(signed_in):
    pages = answers(signed_in=signed_in)

    assert {name for name, answer in pages.items() if answer.headers.get("X-Robots-Tag") != "noindex"} == FOUND
