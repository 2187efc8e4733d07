"""The printer's side of its jobs, by Star CloudPRNT: it polls, fetches a job once, and confirms it.

Each step is one conditional UPDATE, so that of two requests at the same instant one wins, and a job that was fetched is
never offered again. If its confirmation is lost, nobody here can know whether it was printed: a seller decides.
"""

from datetime import timedelta

from django.db.models.functions import Now

from cinema.models import Printer, PrintJob
from cinema.models.annotated import PrinterNow
from cinema.selectors.money.printers import DRAWER_FOR, offered

State = PrintJob.State
NOTED_EVERY = timedelta(seconds=20)  # the last poll is not written more often, to save a write per poll
KEPT_FOR = timedelta(days=1)


def poll(*, printer: PrinterNow, status: str, printing: bool) -> PrintJob | None:
    """Note that a printer has asked, and what it says of itself; return the job that it may fetch next, if any.

    A printer that asks and is not ``printing`` has finished what it fetched before. If it did not confirm that, the
    job was perhaps printed.
    """
    if status != printer.status or printer.seen_at is None or printer.seen_at <= printer.now - NOTED_EVERY:
        Printer.objects.filter(pk=printer.pk).update(status=status, seen_at=Now())
    if printing:
        return None
    jobs = list(printer.jobs.filter(state__in=[State.WAITING, State.FETCHED]).order_by("pk"))
    if any(job.state == State.FETCHED for job in jobs):
        printer.jobs.filter(state=State.FETCHED).update(state=State.UNSURE)
    waiting = (job for job in jobs if job.state == State.WAITING and job.until > printer.now)
    return next(waiting, None)


def fetch(*, printer: PrinterNow, code: str) -> PrintJob | None:
    """Hand out a job, with its order and session, to be printed: once. None if there is nothing to print.

    Old firmware names no job and gets the next one. Whoever asks again for a job may have printed it: from then on it
    is perhaps printed.
    """
    if not code:
        code = next(iter(offered(printer).values_list("code", flat=True)[:1]), "")
    if not _claim(printer, code):
        printer.jobs.filter(code=code, state=State.FETCHED).update(state=State.UNSURE)
        return None
    return PrintJob.objects.select_related("order", "session__till", "session__theatre").get(code=code)


def _claim(printer: Printer, code: str) -> bool:
    """Take a job that is offered, which of several requests at once only one can."""
    return bool(offered(printer).filter(code=code).update(state=State.FETCHED, fetched_at=Now()))


def opens_drawer(*, job: PrintJob, printer: PrinterNow) -> bool:
    """Whether a job opens the drawer: only while the seller still stands there."""
    return job.drawer and printer.now - job.created_at < DRAWER_FOR


def confirm(*, printer: Printer, code: str, printed: bool) -> bool:
    """Note that a job was printed, or that it could not be; return False if the printer has no such job.

    Old firmware names no job and means the one it fetched last. Safe to repeat. What was fetched twice stays perhaps
    printed even if the second time failed.
    """
    jobs = printer.jobs.all()
    if not code:
        code = next(iter(jobs.exclude(fetched_at=None).order_by("-fetched_at").values_list("code", flat=True)[:1]), "")
    job = jobs.filter(code=code)
    if printed:
        job.filter(state__in=[State.FETCHED, State.UNSURE, State.FAILED], fetched_at__isnull=False).update(
            state=State.PRINTED
        )
    else:
        job.filter(state__in=[State.WAITING, State.FETCHED]).update(state=State.FAILED)
    return job.exists()


def forget_print_jobs() -> int:
    """Delete the jobs of a day ago; return how many."""
    return PrintJob.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()[0]
