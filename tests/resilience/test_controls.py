"""Negative controls: a site without the protection under test fails as it must."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from tests.benchmarks.server import Server
from tests.factories import ShowFactory, booked, due
from tests.resilience.answers import MODES, ask, complaints
from tests.resilience.money import take_money, tell, unfinished
from tests.resilience.site import WITH_CRASHES, Site, dying, eventually

pytestmark = [pytest.mark.site, pytest.mark.nightly]


@pytest.fixture(scope="module")
def unprotected(site: Site) -> Iterator[Server]:
    """A site without background jobs and without an error page for an unavailable database."""
    with site.serve(WITH_CRASHES, HOUSEKEEPING_EVERY="0", UNPROTECTED="yes") as server:
        yield server


def test_without_housekeeping_a_payment_waits_for_the_command(site, unprotected):
    show = ShowFactory(screen__plan="aaaa")
    payment = booked(show, "A1 A2")
    charge = take_money(payment)
    with dying(site, "payment: between capture and record"):
        tell(unprotected, charge)

    with pytest.raises(AssertionError, match="is captured, but PENDING"):
        eventually(lambda: unfinished(show), patience=3)
    due(payment)
    call_command("run_jobs", verbosity=0)
    assert not unfinished(show)


def test_without_its_page_a_database_that_is_away_is_a_mistake_of_ours(site, unprotected):
    with site.away(MODES[0]):
        [complaint] = complaints([ask(unprotected, "GET", "/")])
    assert complaint.startswith("GET /: 500")
