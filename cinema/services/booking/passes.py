"""Phones that have tickets in Apple Wallet: register them, check their passes for changes, forget them."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models.functions import Now

from cinema.models import PassRegistration, Ticket
from cinema.selectors.booking.tickets import changes_by_ticket, changes_of
from cinema.services.core.transactions import atomically

MOST_PHONES = 20  # that have the pass of one ticket
FORGOTTEN_AFTER = timedelta(days=1)  # since the end of the show


@atomically
def register_phone(*, ticket: Ticket, device: str) -> bool:
    """Note that a phone has the pass of a ticket; return whether it is new. Keeps the last MOST_PHONES of a ticket."""
    now = {"version": changes_of(ticket), "changed_at": Now()}
    _, is_new = PassRegistration.objects.get_or_create(ticket=ticket, device=device, defaults=now)
    kept = PassRegistration.objects.filter(ticket=ticket).order_by("-pk")[:MOST_PHONES]
    PassRegistration.objects.filter(ticket=ticket).exclude(pk__in=[each.pk for each in kept]).delete()
    return is_new


@atomically
def unregister_phone(*, ticket: Ticket, device: str) -> None:
    """Forget that a phone has the pass of a ticket."""
    PassRegistration.objects.filter(ticket=ticket, device=device).delete()


def note_changes(*, device: str) -> None:
    """Record which passes of a phone have changed since the last check.

    Anybody can send any ``device``, so a transaction is begun only if something has changed.
    """
    registrations = list(PassRegistration.objects.filter(device=device))
    versions = changes_by_ticket([each.ticket_id for each in registrations]) if registrations else {}
    found = {each.pk: versions.get(each.ticket_id, 0) for each in registrations}
    if changed := {each.pk: found[each.pk] for each in registrations if found[each.pk] != each.version}:
        _note_changes(changed)


@atomically
def _note_changes(changed: Mapping[int, int]) -> None:
    for pk, version in changed.items():
        PassRegistration.objects.filter(pk=pk).update(version=version, changed_at=Now())


@atomically
def forget_phones() -> int:
    """Forget the phones with passes of shows that ended FORGOTTEN_AFTER ago; return how many."""
    return PassRegistration.objects.filter(ticket__show__ends_at__lt=Now() - FORGOTTEN_AFTER).delete()[0]
