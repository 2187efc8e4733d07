"""The table at the end of a run."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.chaos import actions, admissions, drawers, order
from tests.chaos.history import BROKEN
from tests.chaos.record import Record

LINE = "{:<38} {:>9}  {}"
SHOWN = 5  # faults of a check


def table(record: Record, verdicts: Mapping[str, Sequence[str]]) -> str:
    """The events of a run, and the result of each check."""
    answers, books = record.answers, record.books
    statuses = Counter(answer.status for answer in answers)
    by_status = ", ".join(f"{n}×{status}" for status, n in sorted(statuses.items()) if status != BROKEN)
    tickets = Counter(ticket.status for ticket in books.tickets.values())
    lines = [
        LINE.format("requests", len(answers), f"in {answers[-1].end - answers[0].begin:.0f} s"),
        LINE.format("  answered", len(answers) - statuses[BROKEN], by_status),
        LINE.format("  broken off", statuses[BROKEN], ""),
        *(LINE.format(kind, count, "") for kind, count in record.faults.items()),
        LINE.format("bookings", len(books.tickets), ", ".join(f"{n} {status}" for status, n in tickets.items())),
        LINE.format("seat changes", sum(map(len, books.events.values())), f"at {len(books.seats)} shows"),
        LINE.format("captured", sum(c.amount for c in books.charges.values() if c.status == "PAID"), ""),
        LINE.format("refunds", len(books.refunds), f"{sum(refund.amount for refund in books.refunds)} refunded"),
    ]
    if record.misdeeds:
        incidents = Counter(incident.kind for incident in books.incidents)
        lines.append(LINE.format("at the providers", record.misdeeds.total(), _counts(record.misdeeds)))
        lines.append(LINE.format("incidents", incidents.total(), _counts(incidents)))
    seen, done = order.judged(answers), actions.judged(answers)
    lines.append(LINE.format("judged by the order of events", seen.total(), _counts(seen)))
    lines.append(LINE.format("actions compared with the database", done.total(), _counts(done)))
    admitted, cash = admissions.judged(answers), drawers.sales(answers)
    lines.append(LINE.format("answers of the door", admitted.total(), _counts(admitted)))
    lines.append(
        LINE.format("sales in cash", len(cash), f"{sum(books.clearing[one] for one in books.floats)} in the drawer")
    )
    paid = f"{sum(books.invoices_paid.values())} paid of them in cash"
    lines.append(LINE.format("sales on invoice", len(drawers.invoices(answers)), paid))
    for name, found in verdicts.items():
        lines.append(LINE.format(name, len(found), "" if found else "✓"))
        lines += [f"    {fault}" for fault in found[:SHOWN]]
    return "\n".join(lines)


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{n} {what}" for what, n in sorted(counter.items()))
