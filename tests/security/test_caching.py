"""No cache stores personal responses, not even the browser's.

Every URL is personal unless it is listed here as public.
"""

from copy import deepcopy

import pytest
from django.db import transaction

from tests.security.site import STAFF, Site, answers
from tests.views.browsers import is_kept_nowhere
from tests.wallets import offer_wallets

pytestmark = pytest.mark.django_db

FOR_EVERYBODY = {
    *("programme", "legal-imprint", "legal-terms", "legal-privacy"),
    *("movie", "coming-soon"),
    "movie-poster",
    "movie-card",
    "theatre",
    *("accent", "embed", "embed-theatre", "embed-script"),
    *("kept-tickets", "worker"),  # the tickets themselves are on the device only
    *("robots", "sitemap", "manifest", "favicon", "apple-touch-icon"),
    *("movie-calendar", "theatre-calendar", "screen-calendar", "new-films"),
    *("showtimes-json", "showtimes-csv", "theatre-showtimes-json", "theatre-showtimes-csv"),
    "show-live",  # says 204, or is an event stream with headers of its own
    "api-movies",
    "api-show",
    "api-openapi",
    "admin:jsi18n",  # Django's words
    "language",  # says 400 to a POST that chooses none
}


# There is a 404 as for anybody: the seats have no release, no sale was broken off, and no till is closed.
NOTHING_TO_DO = {"staff-blocks-release", "staff-sell-resume", "staff-tills-report-print"}


def answer(client, address: str):
    """The response of the page, or of its POST, without effects except signing out."""
    found = client.get(address)
    if found.status_code == 405:
        cookies = deepcopy(client.cookies)
        with transaction.atomic():
            found = client.post(address)
            transaction.set_rollback(True)
        client.cookies = cookies
    return found


def test_no_personal_page_is_cached(settings):
    offer_wallets(settings)
    site = Site()
    client = site.browser()
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {site.secret}"
    found = {name: answer(client, address) for name, address in site.addresses()}
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
