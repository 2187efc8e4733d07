"""Which incidents a run may end with: those of refunds that were made in a provider's dashboard, written by hand."""

from decimal import Decimal

import pytest

from tests.chaos import checks
from tests.chaos.books import Books, Charged, Incident
from tests.chaos.record import Record

AMOUNT = Decimal(200)


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize(
    ("refunds", "failed", "excused"),
    [({"re_1": AMOUNT}, [], {True}), ({}, [AMOUNT], {True, False}), ({}, [AMOUNT + 1], {False}), ({}, [], {False})],
    ids=["not booked", "sent back", "another was sent back", "none"],
)
def test_an_incident_tells_of_a_refund_that_we_have_not_booked(refunds, failed, excused, is_told):
    books = Books(charges={"payment": Charged("PAID", Decimal(750), refunds, "stripe", [], failed)})
    if is_told:
        books.incidents.append(Incident("payment", "OVER_REFUND", "200.00 INR"))

    faults = list(checks.differences_are_kept(Record([], books, "", "", [], [])))

    assert (faults == []) is (is_told in excused)
