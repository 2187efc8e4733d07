"""100,000 forged ticket codes admit nobody.

A code has 128 random bits. Somebody who asks a thousand times a second, in a house that has sold a hundred million
tickets, finds the first in 5 · 10^19 years on average. A reference has 21^8, about 3.8 · 10^10 (35 bits); alone it
opens nothing: it takes the email address of the booking as well, or an account's own token. Whoever knows the address
of one ticket has twenty tries an hour from each network address: with a thousand of them it takes 108 years on average.
"""

import math

import pytest
from django.urls import reverse

from cinema.models import Hold, Payment, Receipt, Ticket, WaitingEntry
from cinema.models.codes import REFERENCE_ALPHABET, REFERENCE_LENGTH, new_code, new_reference
from cinema.selectors.booking.holds import hold_by_code
from cinema.selectors.booking.tickets import ticket_by_code, ticket_code
from cinema.selectors.booking.waiting import waiting_entry
from cinema.selectors.money.payments import payment_by_code
from tests.security.forging import flipped, forgeries, mistaken, references
from tests.security.public_addresses import Visit
from tests.views.api.programs import Program
from tests.views.browsers import browser
from tests.wallets import offer_wallets

pytestmark = pytest.mark.django_db

FORGED = {Ticket: 100_000, Hold: 10_000, Payment: 10_000, WaitingEntry: 10_000, Receipt: 10_000}
AT_ONCE = 1_000  # codes in one statement
BY_CODE = (
    "ticket",
    "ticket-calendar",
    "ticket-kept",
    "ticket-apple-wallet",
    "ticket-google-wallet",
    "ticket-seats",
    "ticket-cancellation",
    "ticket-return",
    "ticket-other-shows",
    "ticket-other-show",
    "ticket-exchange",
    "ticket-receipt",
    "ticket-company",
    "order-receipt",
    "receipt",
    "receipt-pdf",
    "payment",
    "waiting",
    "hold",
)
YEAR = 365 * 24 * 3600  # seconds


@pytest.fixture
def visit():
    return Visit()


def real_codes():
    """Every existing code, by its use."""
    return {
        model: list(model.objects.values_list("code", flat=True))
        for model in (Ticket, Hold, Payment, WaitingEntry, Receipt)
    }


def readable(codes):
    """The codes that can be sent to a database: PostgreSQL has no text with a NUL."""
    return [code for code in codes if "\0" not in code]


def admitted(model, codes):
    """The number of codes that match, as the database compares them."""
    codes = readable(codes)
    batches = (codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE))
    return sum(model.objects.filter(code__in=batch).count() for batch in batches)


def test_a_hundred_thousand_forged_codes_admit_none(visit):
    for model, codes in real_codes().items():
        forged = forgeries(codes, FORGED[model], seed=7)
        assert len(forged) == FORGED[model]
        assert admitted(model, forged) == 0, model


def test_real_codes_among_them_are_found(visit):
    """Otherwise the forged ones would prove nothing."""
    for model, codes in real_codes().items():
        assert admitted(model, [*forgeries(codes, 3_000, seed=1), *codes]) == len(codes)


def test_the_selectors_compare_a_code_as_it_is(visit):
    code, hold = visit.ticket.code, visit.hold.code
    assert ticket_by_code(code) and hold_by_code(hold, "asha")
    for forged in readable(each for each in mistaken(code) if each != code):
        assert ticket_by_code(forged) is None, forged
        assert payment_by_code(forged) is None and waiting_entry(forged) is None
        assert hold_by_code(hold, forged) is None and hold_by_code(forged, "asha") is None


def test_no_forged_code_opens_a_page(visit, settings):
    """Over HTTP: every page that a code opens, as somebody who has everything else it takes."""
    offer_wallets(settings)
    client = browser("asha")
    client.force_login(visit.user)
    for name in BY_CODE:
        url = visit.address(name)
        code = url.split("/")[2]
        assert client.get(url).status_code in (200, 302), name  # a wallet is elsewhere
        forged = [*list(flipped(code))[::18], *list(mistaken(code))[::9]]
        for each in forged:
            if each != code and each.isascii() and each.isprintable() and not set("/?#%") & set(each) and each.strip():
                status = client.get(url.replace(code, each)).status_code
                assert status in (404, 405), (name, each, status)


def test_no_forged_reference_opens_a_ticket_of_the_json_interface(visit):
    program, url = Program(visit.user), visit.address("api-ticket")
    assert program.get(url).status_code == 200
    for forged in references(60, seed=3):
        assert program.get(reverse("api-ticket", args=[forged])).status_code == 404


def test_a_reference_finds_a_ticket_only_with_its_address(visit):
    reference, email = visit.ticket.reference, visit.ticket.order.email
    client = browser()

    def find(reference, email):
        return client.post(reverse("find-ticket"), {"reference": reference, "email": email}).status_code

    assert find(reference.lower(), email.upper()) == 302  # as people type them
    for other in ("ben@example.org", "%@example.org", "_sha@example.org", "asha@example.org.evil.org", "а" + email[1:]):
        assert find(reference, other) == 400, other
    assert [find(forged, email) for forged in references(40, seed=4)] == [400] * 16 + [429] * 24
    assert find("", email) == find(reference, "") == 400


def test_references_forged_in_bulk_find_nothing(visit):
    reference, email = visit.ticket.reference, visit.ticket.order.email
    assert ticket_code(reference=reference, email=email)
    near = {f for way in (flipped, mistaken) for f in way(reference)} - {reference}
    for forged in readable(near):
        assert ticket_code(reference=forged, email=email) is None, forged
    for pattern in ("%", "_%", "asha@example.or_", "%@example.org", "asha%"):
        assert ticket_code(reference=reference, email=pattern) is None, pattern


def test_what_the_qr_code_says_is_the_link_with_the_code_and_nothing_else(visit, monkeypatch):
    said = []
    monkeypatch.setattr("cinema.domain.qr.svg", lambda path: said.append(path) or "")
    browser().get(visit.address("ticket"))
    assert said == [f"/tickets/{visit.ticket.code}/"]


def test_a_code_has_128_random_bits_and_a_reference_35(visit):
    codes, short = {new_code() for _ in range(2_000)}, {new_reference() for _ in range(2_000)}
    assert len(codes) == len(short) == 2_000
    assert all(len(code) == 22 for code in codes)
    for place in range(21):  # the last letter has but two bits of the 128
        assert len({code[place] for code in codes}) == 64
    assert all(len({each[place] for each in short}) == len(REFERENCE_ALPHABET) for place in range(REFERENCE_LENGTH))

    years = 2**128 / 10**8 / 1_000 / YEAR / 2
    assert years > 10**19
    assert math.log2(len(REFERENCE_ALPHABET) ** REFERENCE_LENGTH) > 35
