"""What is in a drawer, by its account in the money ledger, is what the answers put into it and took out of it.

A sale whose answer broke off, or that had none when the load was over, may have happened: the database says so, but of
no more sales than were asked for. What is owed for cancelled shows and sales is paid out when the load is over.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tests.chaos.books import Back, Books
from tests.chaos.history import Answer


def faults(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Every amount that the answers and the drawer do not agree about."""
    told = {a.saw["payment"]: Decimal(a.asked["cash"]) for a in sales(answers)}
    for code, amount in told.items():
        known = books.payments.get(code)
        if known is None or not known.in_cash or known.amount != amount:
            yield f"{amount} in cash were acknowledged as {code}, which is {known}"
    others = {code: paid.amount for code, paid in books.payments.items() if paid.in_cash and code not in told}
    unsure = {a.asked["key"] for a in answers if a.what == "cash"} - {a.asked["key"] for a in sales(answers)}
    if len(others) > len(unsure):
        yield f"{len(others)} payments in cash were never acknowledged, but only {len(unsure)} requests"
    yield from _refunded_wrongly(answers, books)
    yield from _invoiced_wrongly(answers, books)
    back = sum(refund.amount for refund in books.refunds if _is_in_cash(refund, books))
    expected = sum([*books.floats.values(), *told.values(), *others.values(), *books.invoices_paid.values()]) - back
    if (booked := sum(books.clearing.get(account, Decimal(0)) for account in books.floats)) != expected:
        yield f"{expected} should be in the drawer, and its account has {booked}"


def sales(answers: Sequence[Answer]) -> list[Answer]:
    """The acknowledged sales."""
    return [answer for answer in answers if answer.what == "cash" and answer.saw.get("payment")]


def _refunded_wrongly(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Refunds in cash that are not paid out, or that nothing was the reason for."""
    cancelled = {books.code_of(a.asked["reference"]) for a in answers if a.what == "cancellation at the till"}
    for refund in books.refunds:
        paid = books.payments[refund.payment]
        if not _is_in_cash(refund, books):
            continue
        if refund.status != "DONE":
            yield f"{refund.amount} in cash are still {refund.status}"
        if paid.ticket not in cancelled and books.tickets[paid.ticket].show not in books.cancelled_shows:
            yield f"{refund.amount} in cash were paid out for {paid.ticket}, and nobody cancelled it"


def _is_in_cash(refund: Back, books: Books) -> bool:
    """Whether a refund is, or is to be, of cash; of what is sold on invoice only what had been paid of it goes back."""
    return books.payments[refund.payment].in_cash or refund.at_till


def _invoiced_wrongly(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Sales on invoice, and cash for invoices, that were acknowledged and not kept, or kept and never asked for."""
    for answer in invoices(answers):
        known = books.payments.get(answer.saw["payment"])
        if known is None or not known.on_invoice or known.amount != Decimal(answer.asked["owed"]):
            yield f"{answer.asked['owed']} on invoice were acknowledged as {answer.saw['payment']}, which is {known}"
    asked = {a.asked["key"]: Decimal(a.asked["cash"]) for a in answers if a.what == "invoice paid"}
    told = {a.asked["key"] for a in answers if a.what == "invoice paid" and a.status == 303}
    for key in told | books.invoices_paid.keys():
        if (kept := books.invoices_paid.get(key)) is None or kept != asked.get(key):
            yield f"{asked.get(key)} were paid of an invoice under {key}, and {kept} is known"


def invoices(answers: Sequence[Answer]) -> list[Answer]:
    """The acknowledged sales on invoice."""
    return [answer for answer in answers if answer.what == "invoice" and answer.saw.get("payment")]
