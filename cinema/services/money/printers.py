"""Receipt printers of tills: their addresses, what is queued for them, and what sellers decide."""

import secrets
from datetime import datetime
from typing import Any

from django.db.models.functions import Now

from cinema.exceptions import IdempotencyKeyReused, PrintJobSettled, TillWithoutPrinter
from cinema.models import Order, Printer, PrintJob, Till, TillSession, User
from cinema.models.annotated import TillSessionNow
from cinema.models.codes import new_code
from cinema.selectors.money.printers import DRAWER_FOR, OFFERED_FOR, digest_of, to_decide
from cinema.services.core import audit
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Permission, Reason, note_reprint

Kind, State = PrintJob.Kind, PrintJob.State


@atomically
def save_printer(*, till: Till, name: str, by: User, renew: bool = False) -> str:
    """Give a till a printer, or another name to the one it has; return the secret of its address if that is new.

    With ``renew`` the old address is void, as it is once the printer is removed.
    """
    secret = secrets.token_urlsafe(32)
    printer, is_new = Printer.objects.get_or_create(till=till, defaults={"name": name, "digest": digest_of(secret)})
    is_new = is_new or renew
    printer.name = name
    if is_new:
        printer.digest = digest_of(secret)
    printer.save(update_fields=["name", "digest"])
    _note(till, by, printer=name, new_address=is_new)
    return secret if is_new else ""


@atomically
def remove_printer(*, printer: Printer, by: User) -> None:
    """Remove a printer and its jobs."""
    _note(printer.till, by, printer_removed=printer.name)
    printer.delete()


def queue_sale(*, session: TillSessionNow, order: Order, drawer: bool, by: User) -> None:
    """Print the tickets of a sale, and open the drawer, in the transaction that has sold it. One statement.

    Nothing happens if the till of the session, which is loaded with its printer, has none.
    """
    if session.till.has_printer:
        _queue(Kind.SALE, session, session.now, order=order, drawer=drawer, by=by)


def queue_report(*, session: TillSessionNow, by: User) -> None:
    """Print the Z report of a session in the transaction that closes it, if its till has a printer."""
    if session.till.has_printer:
        _queue(Kind.REPORT, session, session.now, by=by)


@atomically
def queue_copy(*, session: TillSession, order: Order, permission: Permission) -> None:
    """Print the tickets of an order again, on request. This is counted and needs a reason, unless a job of theirs still
    waits: then that one is dropped. Repeating a request changes nothing.

    Raises TillWithoutPrinter, IdempotencyKeyReused, and PrintJobSettled if a reason is needed and missing.
    """
    job = _asked(Kind.COPY, session, permission.key, order=order, by=permission.by)
    others = order.print_jobs.filter(state=State.WAITING)
    if job and not others.exclude(pk=job.pk).update(state=State.DROPPED):
        _note_reprint(session, order, permission)


@atomically
def queue_report_copy(*, session: TillSession, by: User, key: str) -> None:
    """Print the Z report of a closed session again, marked as a copy. Repeating a request changes nothing.

    Raises TillWithoutPrinter, IdempotencyKeyReused.
    """
    if _asked(Kind.ZCOPY, session, key, by=by):
        _note(session.till, by, z_report_printed_again=session.z_number)


@atomically
def open_drawer(*, session: TillSession, by: User, supervisor: User, reason: str, key: str) -> None:
    """Open the drawer without a sale, which ``supervisor`` has allowed; a slip with time and name is printed. Repeating
    a request changes nothing.

    Raises TillWithoutPrinter, IdempotencyKeyReused.
    """
    if _asked(Kind.DRAWER, session, key, drawer=True, by=by):
        _note(session.till, by, reason=reason, drawer_opened=True, allowed_by=supervisor.pk)


def drop_waiting(*, order: Order) -> int:
    """Drop the waiting jobs of an order, which is printed another way; return how many: 0 if it may be printed."""
    return order.print_jobs.filter(state=State.WAITING).update(state=State.DROPPED)


@atomically
def print_in_browser(*, session: TillSession | None, order: Order, permission: Permission) -> None:
    """Note that tickets are printed in the browser: in place of a job that waits, or again, which is counted and needs
    a reason. Repeating a request changes nothing.

    Raises PrintJobSettled if a reason is needed and missing, and IdempotencyKeyReused.
    """
    waiting, key = order.print_jobs.filter(state=State.WAITING).order_by("pk").first(), permission.key
    if waiting and order.print_jobs.filter(pk=waiting.pk, state=State.WAITING).update(state=State.DROPPED, key=key):
        drop_waiting(order=order)
    elif not order.print_jobs.filter(key=key).exists():
        _note_reprint(session, order, permission)


@atomically
def print_anyway(*, job: PrintJob, till: TillSession | None, by: User) -> None:
    """Print a job that waits for a decision: a late one as it is, any other as a new one.

    A new one is counted, with the reason UNCONFIRMED, in the session of the ``till`` where this is decided: the job's
    own session may be closed, with its Z report printed.

    The drawer stays shut. Raises PrintJobSettled if it waits for a decision no more: of two sellers, one decides.
    """
    mine = PrintJob.objects.filter(to_decide(), pk=job.pk)
    if mine.filter(state=State.WAITING).update(until=Now() + OFFERED_FOR, drawer=False):
        return
    drop_job(job=job)
    if job.order:
        note_reprint(session=till, order=job.order, permission=Permission(by, by, Reason.UNCONFIRMED, new_code()))
    kind = Kind.COPY if job.order else job.kind if job.state == State.FAILED else Kind.ZCOPY
    _create(job.printer, kind, job.session, _now(job.session), order=job.order, by=by)


def drop_job(*, job: PrintJob) -> None:
    """Drop a job that waits for a decision: it is printed already, or is not wanted. Raises PrintJobSettled."""
    if not PrintJob.objects.filter(to_decide(), pk=job.pk).update(state=State.DROPPED):
        raise PrintJobSettled


@atomically
def forget_waiting(*, printer: Printer, by: User) -> int:
    """Drop all jobs of a printer that are not fetched yet; return how many."""
    number = printer.jobs.filter(state=State.WAITING).update(state=State.DROPPED)
    _note(printer.till, by, print_jobs_dropped=number)
    return number


def _note_reprint(session: TillSession | None, order: Order, permission: Permission) -> None:
    if not permission.reason:
        raise PrintJobSettled
    note_reprint(session=session, order=order, permission=permission)


def _queue(kind: PrintJob.Kind, session: TillSession, now: datetime, **more: object) -> None:
    _create(session.till.printer, kind, session, now, **more)


def _create(printer: Printer, kind: str, session: TillSession, now: datetime, **more: object) -> None:
    PrintJob.objects.create(printer=printer, kind=kind, session=session, **_times(kind, now), **more)


def _asked(kind: PrintJob.Kind, session: TillSession, key: str, **more: object) -> PrintJob | None:
    """Queue what a form with this key asks for; None if it has asked before. Raises TillWithoutPrinter,
    IdempotencyKeyReused."""
    if not session.till.has_printer:
        raise TillWithoutPrinter
    job = {"printer": session.till.printer, "kind": kind, "session": session, **more}
    found, is_new = PrintJob.objects.get_or_create(key=key, defaults=job | _times(kind, _now(session)))
    if any(getattr(found, name) != value for name, value in job.items() if name != "by"):
        raise IdempotencyKeyReused
    return found if is_new else None


def _times(kind: str, now: datetime) -> dict[str, datetime]:
    return {"created_at": now, "until": now + (DRAWER_FOR if kind == Kind.DRAWER else OFFERED_FOR)}


def _now(session: TillSession) -> datetime:
    now: datetime = TillSession.objects.filter(pk=session.pk).values_list(Now(), flat=True).get()
    return now


def _note(till: Till, by: User, reason: str = "", **details: Any) -> None:
    audit.note(action=audit.Action.TILL, user=by, subject=till, theatre=till.theatre, reason=reason, **details)
