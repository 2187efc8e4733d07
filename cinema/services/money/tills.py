"""Tills: opened with a float, cash moved in and out, counted blindly, closed with a Z report.

Each step is written to the money ledger in its transaction. A session is locked for whatever changes its drawer, so a
sale is either before its count or refused.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError
from django.db.models import Max
from django.db.models.functions import Now

from cinema.domain.accounts import DRAWER_VARIANCE, PETTY_CASH, SAFE, drawer
from cinema.domain.cash import sum_of
from cinema.exceptions import (
    DayClosed,
    DrawerTooEmpty,
    TillCounted,
    TillInSession,
    TillNameTaken,
    TillNotCounted,
    TillNotInUse,
    TillNotOpen,
    TillOfEarlierDay,
    VarianceUnexplained,
)
from cinema.models import CashMovement, MoneyEntry, Theatre, Till, TillSession, User
from cinema.models.annotated import TillSessionNow
from cinema.selectors.money.tills import in_drawer, is_closed
from cinema.services.core import audit
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_theatre, lock_till, lock_till_session
from cinema.services.core.transactions import atomically
from cinema.services.money.printers import queue_report

Kind, Movement = MoneyEntry.Kind, CashMovement.Kind
NOTHING = Decimal(0)


class CashMove(NamedTuple):
    """Cash to be moved into or out of a drawer; ``key`` is the request's idempotency key."""

    kind: str
    amount: Decimal
    reason: str
    key: str


class Closing(NamedTuple):
    """The closing of a session ``by`` a user. If its drawer differs, it has a reason and a ``witness`` who confirms it,
    else "" and None."""

    by: User
    reason: str = ""
    witness: User | None = None


def save_till(*, theatre: Theatre, name: str, by: User, pk: int | None = None, active: bool = True) -> Till:
    """Add a till, or change the one with this key. Raises TillNameTaken, TillInSession, Till.DoesNotExist."""
    try:
        return _save(Till(pk=pk, theatre=theatre, name=name, active=active), by)
    except IntegrityError:
        raise TillNameTaken from None


@atomically
def _save(wanted: Till, by: User) -> Till:
    till = lock_till(pk=wanted.pk, theatre=wanted.theatre) if wanted.pk else wanted
    if not wanted.active and till.pk and till.sessions.filter(closed_at=None).exists():
        raise TillInSession
    till.name, till.active = wanted.name, wanted.active
    till.save()
    audit.note(action=audit.Action.TILL, user=by, subject=till, theatre=till.theatre, in_use=till.active)
    return till


@atomically
def open_till(*, theatre: Theatre, pk: int, counts: Mapping[str, int], by: User) -> TillSession:
    """Open a till with a float of so many notes and coins from the safe.

    Raises Till.DoesNotExist, TillNotInUse, TillInSession, DayClosed.
    """
    theatre = lock_theatre(pk=theatre.pk)  # so that the day is not closed meanwhile
    till = lock_till(pk=pk, theatre=theatre)
    if not till.active:
        raise TillNotInUse
    if till.sessions.filter(closed_at=None).exists():
        raise TillInSession
    now = _now(theatre)
    if is_closed(theatre, theatre.trading_day(now)):
        raise DayClosed(theatre.trading_day(now))
    session = TillSession.objects.create(
        theatre=theatre, till=till, opened_at=now, opened_by=by, opening_float=sum_of(counts)
    )
    _post(session, Kind.TILL_OPENED, (SAFE, drawer(till.pk)), session.opening_float, session.opened_at)
    return session


def move_cash(*, theatre: Theatre, code: str, move: CashMove, by: User) -> CashMovement:
    """Take cash to the safe, or pay it in or out. Repeating a request changes nothing.

    Raises TillSession.DoesNotExist, TillNotOpen, TillCounted, DrawerTooEmpty, AmountTooPrecise.
    """
    check_payable(move.amount)
    try:
        return _move(theatre, code, move, by)
    except IntegrityError:
        return CashMovement.objects.get(key=move.key, session__code=code)


@atomically
def _move(theatre: Theatre, code: str, move: CashMove, by: User) -> CashMovement:
    session = lock_open_session(theatre=theatre, code=code)
    if earlier := session.movements.filter(key=move.key).first():
        return earlier
    if move.kind != Movement.PAID_IN:
        check_enough(session=session, amount=move.amount)
    movement = CashMovement.objects.create(session=session, at=session.now, by=by, **move._asdict())
    own = drawer(session.till_id)
    ways = {Movement.DROP: (own, SAFE), Movement.PAID_IN: (PETTY_CASH, own), Movement.PAID_OUT: (own, PETTY_CASH)}
    _post(session, Kind(move.kind), ways[Movement(move.kind)], move.amount, session.now)
    return movement


@atomically
def count_drawer(*, theatre: Theatre, code: str, counts: Mapping[str, int], by: User) -> TillSession:
    """Record what was counted, before anybody is told what should be there. From now on nothing is sold.

    It can be counted again; each count is in the audit trail. Raises TillSession.DoesNotExist, TillNotOpen.
    """
    session = _lock(theatre, code)
    session.counts = {coin: number for coin, number in counts.items() if number}
    session.counted, session.counted_at = sum_of(counts), session.now
    session.save(update_fields=["counts", "counted", "counted_at"])
    audit.note(
        action=audit.Action.TILL,
        user=by,
        subject=session.till,
        theatre=theatre,
        counted=str(session.counted),
        expected=str(in_drawer(session)),
    )
    return session


@atomically
def close_till(*, theatre: Theatre, code: str, closing: Closing) -> TillSession:
    """Close a counted session: its Z report gets the theatre's next number, and its cash goes to the safe.

    Raises TillSession.DoesNotExist, TillNotOpen, TillNotCounted and, for a variance without a reason or a second
    person, VarianceUnexplained.
    """
    lock_theatre(pk=theatre.pk)  # for the number
    session = _lock(theatre, code)
    if session.counted is None:
        raise TillNotCounted
    expected = in_drawer(session)
    variance = session.counted - expected
    if variance and not (closing.reason and closing.witness and closing.witness != closing.by):
        raise VarianceUnexplained
    session.expected, session.variance = expected, variance
    session.reason, session.witness = (closing.reason, closing.witness) if variance else ("", None)
    session.closed_at, session.closed_by = session.now, closing.by
    last = TillSession.objects.filter(theatre=theatre).aggregate(last=Max("z_number"))["last"] or 0
    session.z_number = last + 1
    own = drawer(session.till_id)
    way = (DRAWER_VARIANCE, own) if variance > 0 else (own, DRAWER_VARIANCE)
    _post(session, Kind.VARIANCE, way, abs(variance), session.now)
    _post(session, Kind.TILL_CLOSED, (own, SAFE), session.counted, session.now)
    session.save()
    queue_report(session=session, by=closing.by)
    audit.note(
        action=audit.Action.TILL,
        user=closing.by,
        subject=session.till,
        theatre=theatre,
        reason=session.reason,
        z_number=session.z_number,
        variance=str(variance),
    )
    return session


def lock_open_session(*, theatre: Theatre, code: str) -> TillSessionNow:
    """Lock a session that is open and not counted. Raises TillSession.DoesNotExist, TillNotOpen, TillCounted."""
    session = _lock(theatre, code)
    if session.counted_at:
        raise TillCounted
    return session


def check_selling(*, session: TillSessionNow) -> None:
    """Raise TillOfEarlierDay if a locked session was opened on an earlier trading day."""
    theatre = session.theatre
    if theatre.trading_day(session.opened_at) != theatre.trading_day(session.now):
        raise TillOfEarlierDay


def check_enough(*, session: TillSession, amount: Decimal) -> None:
    """Raise DrawerTooEmpty if less than ``amount`` is in the drawer of a locked session."""
    if amount > in_drawer(session):
        raise DrawerTooEmpty(amount)


def _lock(theatre: Theatre, code: str) -> TillSessionNow:
    session = lock_till_session(theatre=theatre, code=code)
    if session.closed_at:
        raise TillNotOpen
    return session


def _post(session: TillSession, kind: MoneyEntry.Kind, way: tuple[str, str], amount: Decimal, at: datetime) -> None:
    """Move an amount, if any, from the first account to the second."""
    if amount:
        MoneyEntry.objects.create(
            kind=kind,
            at=at,
            theatre_id=session.theatre_id,
            till_session=session,
            credit=way[0],
            debit=way[1],
            amount=amount,
        )


def _now(theatre: Theatre) -> datetime:
    now: datetime = Theatre.objects.filter(pk=theatre.pk).values_list(Now(), flat=True).get()
    return now
