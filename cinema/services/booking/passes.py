"""Tickets in wallets: phones that have them in Apple Wallet, and those that may be in Google Wallet."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from cinema.models import GooglePass, PassRegistration, Ticket
from cinema.selectors.booking.passes import outdated
from cinema.selectors.booking.tickets import changes_of
from cinema.services.core.transactions import atomically

MOST_PHONES = 20  # that have the pass of one ticket
AT_ONCE = 200  # passes whose changes are recorded in one transaction
FORGOTTEN_AFTER = timedelta(days=1)  # since the end of the show


@atomically
def register_phone(*, ticket: Ticket, device: str, push_token: str) -> bool:
    """Note that a phone has the pass of a ticket; return whether it is new. Keeps the last MOST_PHONES of a ticket."""
    now = {"version": changes_of(ticket), "changed_at": Now(), "push_token": push_token}
    phone, is_new = PassRegistration.objects.get_or_create(ticket=ticket, device=device, defaults=now)
    if phone.push_token != push_token:
        PassRegistration.objects.filter(pk=phone.pk).update(push_token=push_token)
    kept = PassRegistration.objects.filter(ticket=ticket).order_by("-pk")[:MOST_PHONES]
    PassRegistration.objects.filter(ticket=ticket).exclude(pk__in=[each.pk for each in kept]).delete()
    return is_new


@atomically
def unregister_phone(*, ticket: Ticket, device: str) -> None:
    """Forget that a phone has the pass of a ticket."""
    PassRegistration.objects.filter(ticket=ticket, device=device).delete()


@atomically
def note_google_link(*, ticket: Ticket) -> None:
    """Note that a ticket may be saved in Google Wallet, as it is now."""
    GooglePass.objects.get_or_create(ticket=ticket, defaults={"version": changes_of(ticket)})


def note_changes_on_phone(*, device: str) -> None:
    """Record which passes of a phone have changed since the last check. Anybody can send any ``device``."""
    note_changes(passes=PassRegistration.objects.filter(device=device), changed_at=Now())


def note_changes(*, passes: QuerySet[Any], **values: object) -> int:
    """Record which of ``passes`` (of the model Pass) have changed since the last check, and set ``values`` on them.

    Returns how many. One edit of a film may change thousands of passes; a sale waits for AT_ONCE of them at most. A
    transaction is begun only if some have changed.
    """
    changed = sorted(outdated(passes).items())
    for start in range(0, len(changed), AT_ONCE):
        _note_changes(model=passes.model, versions=dict(changed[start : start + AT_ONCE]), values=values)
    return len(changed)


@atomically
def _note_changes(*, model: type[Any], versions: dict[int, int], values: dict[str, object]) -> None:
    model.objects.bulk_update([model(pk=pk, version=version) for pk, version in versions.items()], ["version"])
    model.objects.filter(pk__in=versions).update(**values)


@atomically
def forget_passes() -> int:
    """Forget the passes of shows that ended FORGOTTEN_AFTER ago; return how many."""
    past = {"ticket__show__ends_at__lt": Now() - FORGOTTEN_AFTER}
    return sum(model.objects.filter(**past).delete()[0] for model in (PassRegistration, GooglePass))
