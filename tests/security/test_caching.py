"""No cache stores personal responses, not even the browser's.

Every URL is personal unless it is listed here as public.
"""

import pytest
from django.db import transaction
from django.http import HttpResponse

from tests.security.site import STAFF, Site, answers
from tests.views.browsers import is_kept_nowhere
from tests.wallets import offer_wallets

pytestmark = pytest.mark.django_db

FOR_EVERYBODY = {
    *(
        "programme",
        "legal-imprint",
        "legal-terms",
        "legal-privacy",
        "theatre-imprint",
        "theatre-terms",
        "theatre-privacy",
    ),
    *("movie", "season", "coming-soon"),
    "movie-poster",
    "movie-card",
    "theatre",
    *("accent", "embed", "embed-theatre", "embed-script"),
    *("kept-tickets", "worker"),  # the tickets themselves are on the device only
    *("robots", "sitemap", "manifest", "favicon", "apple-touch-icon", "letter-icon"),
    *("programme-card", "theatre-card", "season-card", "coming-card"),
    *("movie-calendar", "theatre-calendar", "screen-calendar", "season-calendar", "programme-calendar", "new-films"),
    *("showtimes-json", "showtimes-csv", "theatre-showtimes-json", "theatre-showtimes-csv"),
    "show-live",  # says 204, or is an event stream with headers of its own
    "api-movies",
    "api-show",
    "api-openapi",
    "admin:jsi18n",  # Django's words
    "language",  # says 400 to a POST that chooses none
}


# There is a 404 as for anybody: the seats have no release, no sale was broken off, no till is closed, no logo there.
NOTHING_TO_DO = {"logo-icon", "staff-blocks-release", "staff-sell-resume", "staff-tills-report-print"}


def posted(names: set[str]) -> dict[str, HttpResponse]:
    """The responses of these URLs to a POST of the owner; none has an effect."""
    site = Site()
    found = {}
    for name, address in site.addresses():
        if name in names:
            client = site.browser()  # the last one may have signed out
            with transaction.atomic():
                found[name] = client.post(address, headers={"Authorization": f"Bearer {site.secret}"})
                transaction.set_rollback(True)
    return found


def test_no_personal_page_is_cached(settings):
    offer_wallets(settings)
    found = answers()
    found = found | posted({name for name, response in found.items() if response.status_code == 405})
    kept = {name for name, response in found.items() if not is_kept_nowhere(response)}
    absent = {name for name, response in found.items() if response.status_code in (404, 405, 500)}
    signed_out = {name for name, response in found.items() if "/sign-in/" in response.headers.get("Location", "")}

    assert kept - absent == FOR_EVERYBODY
    assert (absent, signed_out) == (NOTHING_TO_DO, set())


def test_what_a_stranger_gets_there_is_kept_nowhere_either():
    """Above all the redirect to the sign-in, which contains the URL."""
    for name, found in answers(signed_in=False).items():
        if found.status_code == 302 and name not in FOR_EVERYBODY and not name.startswith("admin:"):
            assert is_kept_nowhere(found), name


def test_pages_of_the_back_office_are_among_them():
    """The control: the URLs come from the resolver."""
    assert not FOR_EVERYBODY & set(STAFF)
