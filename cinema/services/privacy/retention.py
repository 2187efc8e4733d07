"""Retention: each kind of personal data is erased after its own time (settings.KEEP_…_DAYS).

A run takes at most PATIENCE seconds for each kind, in batches that are short transactions. Partial indexes of rows not
yet erased find what is due, so a run does not become slower over the years.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Now

from cinema.models import (
    GiftCard,
    Hold,
    Order,
    PrivateHire,
    Refund,
    Show,
    ShowNote,
    StaffRole,
    Ticket,
    User,
    WaitingEntry,
)
from cinema.services.core.locking import lock_shows
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import PATIENCE, atomically, try_each
from cinema.services.privacy.erasure import delete_account, erase_contacts, erase_hires, erase_recipients, forget_buyers

AT_ONCE = 500  # rows per statement; shows and accounts per call
WARNING = timedelta(days=30)  # before an account is deleted


def erase_what_is_due() -> int:
    """Erase everything that is due; return how many rows, shows and accounts."""
    batches = sum(
        _each_batch(step) for step in (_erase_waiting, _erase_gift_cards, _erase_hires, _forget_buyers, _forget_origins)
    )
    return erase_old_contacts() + batches + _forget_failures() + warn_unused_accounts() + delete_unused_accounts()


def erase_old_contacts() -> int:
    """Erase the buyers of shows that ended KEEP_CONTACTS_DAYS ago, and the notes on these shows, the oldest first;
    return the number of shows.

    An order with tickets of several shows is erased with the last of them. A show with a pending refund
    waits: staff may have to ask the buyer where to send it.
    """
    shows = Show.objects.filter(_long_over()).order_by("ends_at").values_list("pk", flat=True)
    return try_each(lambda pk: _erase_contacts_of(show_id=pk), list(shows[:AT_ONCE]), patience=PATIENCE)


def warn_unused_accounts() -> int:
    """Mail the owners of accounts that are due in WARNING; return how many."""
    not_warned = Q(warned_at=None) | Q(warned_at__lt=F("used_at"))
    due = _unused(timedelta(days=settings.KEEP_ACCOUNTS_DAYS) - WARNING).filter(not_warned)
    return try_each(lambda pk: _warn(user_id=pk), _keys(due), patience=PATIENCE)


def delete_unused_accounts() -> int:
    """Delete accounts unused for KEEP_ACCOUNTS_DAYS whose owners were warned; return how many."""
    warned = Q(warned_at__lt=Now() - WARNING, warned_at__gte=F("used_at"))
    due = _unused(timedelta(days=settings.KEEP_ACCOUNTS_DAYS)).filter(warned)
    return try_each(lambda pk: _delete(user_id=pk), _keys(due), patience=PATIENCE)


@atomically
def _erase_contacts_of(*, show_id: int) -> bool:
    for show in lock_shows(_long_over() & Q(pk=show_id)):
        refunds = Refund.objects.filter(payment__order=OuterRef("order"), status__in=Refund.OWED)
        tickets = Ticket.objects.filter(show=show)
        if tickets.filter(Exists(refunds)).exists():
            return False
        later = Ticket.objects.filter(order=OuterRef("pk"), show__ends_at__gte=_kept_since())
        orders = Order.objects.filter(tickets__in=tickets).exclude(name=Order.ERASED, email="").exclude(Exists(later))
        erase_contacts(order_ids=list(orders.values_list("pk", flat=True).distinct()))
        ShowNote.objects.filter(show=show).delete()  # which may name them
        Show.objects.filter(pk=show.pk).update(contacts_erased_at=Now())
        return True
    return False


def _long_over() -> Q:
    """Shows that ended KEEP_CONTACTS_DAYS ago and still have their buyers' contacts; drafts never have any."""
    return Q(contacts_erased_at=None, ends_at__lt=_kept_since()) & ~Q(status=Show.Status.DRAFT)


def _kept_since() -> CombinedExpression:
    """When a show must have ended for its buyers' contacts to be kept."""
    return Now() - timedelta(days=settings.KEEP_CONTACTS_DAYS)


def _each_batch(step: Callable[[], int]) -> int:
    """Repeat ``step``, which does at most AT_ONCE rows, until it does fewer; return the sum."""
    done, late = 0, time.monotonic() + PATIENCE
    while count := step():
        done += count
        if count < AT_ONCE or time.monotonic() > late:
            break
    return done


def _erase_waiting() -> int:
    """Erase the addresses on waiting lists of shows that ended KEEP_WAITING_DAYS ago."""
    end = Now() - timedelta(days=settings.KEEP_WAITING_DAYS)
    present = [WaitingEntry.Status.WAITING, WaitingEntry.Status.OFFERED]
    due = WaitingEntry.objects.exclude(email="").filter(show__ends_at__lt=end).exclude(status__in=present)
    return WaitingEntry.objects.filter(pk__in=_keys(due)).update(email="", origin="")


@atomically
def _erase_gift_cards() -> int:
    """Erase the buyers and recipients of gift cards that were mailed, or never paid for, KEEP_CONTACTS_DAYS ago."""
    owed = Refund.objects.filter(payment__order=OuterRef("order_line__order"), status__in=Refund.OWED)
    due = GiftCard.objects.filter(~Exists(owed), contacts_erased_at=None, deliver_at__lt=_kept_since())
    keys = _keys(due.order_by("deliver_at"))
    orders = Order.objects.filter(tickets=None, lines__gift_cards__in=keys)
    erase_contacts(order_ids=list(orders.values_list("pk", flat=True)))
    return erase_recipients(cards=GiftCard.objects.filter(pk__in=keys))


def _erase_hires() -> int:
    """Erase the contacts of private hires, KEEP_CONTACTS_DAYS after their end."""
    due = PrivateHire.objects.exclude(contact=PrivateHire.ERASED).filter(ends_at__lt=_kept_since())
    return erase_hires(hires=PrivateHire.objects.filter(pk__in=_keys(due)))


def _forget_buyers() -> int:
    """Erase the fingerprints of holds made KEEP_FINGERPRINTS_DAYS ago."""
    end = Now() - timedelta(days=settings.KEEP_FINGERPRINTS_DAYS)
    due = Hold.objects.exclude(buyer=Hold.ERASED).filter(created_at__lt=end).exclude(status=Hold.Status.ACTIVE)
    return forget_buyers(hold_ids=_keys(due.order_by("created_at")))


def _forget_origins() -> int:
    """Erase the fingerprints of waiting-list entries made KEEP_FINGERPRINTS_DAYS ago."""
    end = Now() - timedelta(days=settings.KEEP_FINGERPRINTS_DAYS)
    due = WaitingEntry.objects.exclude(email="").exclude(origin="").filter(created_at__lt=end)
    return WaitingEntry.objects.filter(pk__in=_keys(due)).update(origin="")


def _forget_failures() -> int:
    """Delete failed sign-ins of KEEP_SIGN_IN_FAILURES_DAYS ago."""
    end = Now() - timedelta(days=settings.KEEP_SIGN_IN_FAILURES_DAYS)
    deleted: int = AccessAttempt.objects.filter(attempt_time__lt=end).delete()[0]
    return deleted


@atomically
def _warn(*, user_id: int) -> bool:
    user = User.objects.get(pk=user_id)
    post(kind=Kind.ACCOUNT_UNUSED, about=user)
    return bool(User.objects.filter(pk=user_id).update(warned_at=Now()))


def _delete(*, user_id: int) -> bool:
    delete_account(user=User.objects.get(pk=user_id), by=None)
    return True


def _unused(how_long: timedelta) -> QuerySet[User]:
    """Accounts without a role that neither their owner nor a token has used for so long."""
    recent = Now() - how_long
    used = User.objects.annotate(used_at=Coalesce("last_login", "date_joined"))
    unused = used.filter(used_at__lt=recent, is_staff=False, is_superuser=False).order_by("used_at")
    works_here = StaffRole.objects.filter(user=OuterRef("pk"))
    return unused.exclude(Exists(works_here)).exclude(api_tokens__last_used_at__gt=recent)


def _keys(rows: QuerySet[Model]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])
