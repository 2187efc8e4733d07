"""A print job is handed out once, however many ask for it at the same instant."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db.models.functions import Now

from cinema.models import Printer, PrintJob
from cinema.selectors.money.printers import offered
from cinema.services.money import print_jobs
from cinema.services.money.print_jobs import fetch
from cinema.services.money.printers import save_printer
from tests.concurrency.harness import race
from tests.factories import ShowFactory, sold_at_till, till_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fetching() -> list[Callable[[], PrintJob | None]]:
    """Six requests of one printer, or of several at its address, for the same job."""
    session = till_session()
    save_printer(till=session.till, name="Star", by=session.opened_by)
    sold_at_till(session, ShowFactory(screen__theatre=session.theatre), "A1")
    printer = Printer.objects.annotate(now=Now()).get()
    return [partial(fetch, printer=printer, code=PrintJob.objects.get().code)] * 6


def handed_out(fetching: list[Callable[[], PrintJob | None]]) -> int:
    return sum(outcome.value is not None for outcome in race(*fetching))


def test_a_job_is_handed_out_once_to_six_at_once(fetching: list[Callable[[], PrintJob | None]]):
    assert handed_out(fetching) == 1
    assert PrintJob.objects.get().state == PrintJob.State.UNSURE  # the others may have printed it, for all we know


def test_the_control_if_it_is_looked_for_and_then_taken_many_get_it(fetching, monkeypatch):
    def look_then_take(printer: Printer, code: str) -> bool:
        found = offered(printer).filter(code=code).exists()
        PrintJob.objects.filter(code=code).update(state=PrintJob.State.FETCHED, fetched_at=Now())
        return found

    monkeypatch.setattr(print_jobs, "_claim", look_then_take)
    assert handed_out(fetching) > 1
