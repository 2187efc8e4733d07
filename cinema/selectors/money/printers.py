"""Receipt printers and their jobs: which is offered next, and which wait for a seller's decision."""

import hashlib
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.models import Printer, PrintJob, Theatre
from cinema.models.annotated import PrinterNow

Kind, State = PrintJob.Kind, PrintJob.State
OFFERED_FOR = timedelta(minutes=5)  # then a job of a printer that was off waits for a decision
DRAWER_FOR = timedelta(minutes=1)  # nobody stands at the drawer later
LOST_AFTER = timedelta(minutes=1)  # since a job was fetched, if its confirmation did not come
SETTLED_AFTER = timedelta(seconds=10)  # a confirmation may come just after the next poll
OFF_AFTER = timedelta(minutes=1)  # without a poll


def digest_of(secret: str) -> str:
    """The stored digest of the secret in a printer's address. Plain SHA-256 is enough: the secret has 256 random bits.

    A printer is found by it, so the time that takes says nothing of the secret.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def printer_with(secret: str) -> PrinterNow | None:
    """The printer whose address contains this secret, with ``now``, the database's clock. One statement."""
    rows: QuerySet[Printer] = Printer.objects.filter(digest=digest_of(secret), till__active=True)
    return rows.annotate(now=Now()).first()


def printer_of(till_id: int) -> PrinterNow | None:
    """The printer of a till, with ``now``; None if it has none."""
    rows: QuerySet[Printer] = Printer.objects.filter(till=till_id)
    return rows.annotate(now=Now()).first()


def is_off(printer: PrinterNow) -> bool:
    """Whether the printer has not asked for a while."""
    return printer.seen_at is None or printer.seen_at < printer.now - OFF_AFTER


def offered(printer: Printer) -> QuerySet[PrintJob]:
    """The jobs that the printer may fetch, the oldest first."""
    return printer.jobs.filter(state=State.WAITING, until__gt=Now()).order_by("pk")


def to_decide() -> Q:
    """Jobs of which only a seller can say whether they are to be printed: too old, perhaps printed, or failed."""
    late = Q(state=State.WAITING, until__lte=Now())
    lost = Q(state=State.FETCHED, fetched_at__lte=Now() - LOST_AFTER)
    unsure = Q(state=State.UNSURE, fetched_at__lte=Now() - SETTLED_AFTER)
    return (late | lost | unsure | Q(state=State.FAILED)) & ~Q(kind=Kind.DRAWER)


def jobs_to_decide(printer: Printer) -> list[PrintJob]:
    """The jobs of the printer that a seller decides about, each with its order and session, the oldest first."""
    return list(printer.jobs.filter(to_decide()).select_related("order", "session").order_by("pk"))


def number_waiting(printer: Printer) -> int:
    """How many jobs of the printer are not fetched yet, whether or not they are still offered."""
    return printer.jobs.filter(state=State.WAITING).count()


def job_at(theatre: Theatre, code: str) -> PrintJob | None:
    """The job with this code of a printer of the theatre, with its printer and order."""
    jobs = PrintJob.objects.select_related("printer", "order", "session__theatre")
    return jobs.filter(printer__till__theatre=theatre, code=code).first()
