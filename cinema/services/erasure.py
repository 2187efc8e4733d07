"""Erasing a person: names, addresses and phone numbers go, keys and money stay.

It is done in steps, each a short transaction of its own, so that it can be interrupted and done again.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from cinema.exceptions import LastOwner, TicketsUnfinished
from cinema.models import Hold, OutgoingMail, Ticket, TicketWord, User, WaitingEntry
from cinema.selectors.fingerprints import fingerprint
from cinema.selectors.personal_data import (
    Person,
    is_last_owner,
    own_entries,
    own_failures,
    own_mails,
    own_proofs,
    own_tickets,
    unfinished_tickets,
)
from cinema.services import audit
from cinema.services.tokens import delete_tokens
from cinema.services.transactions import atomically
from cinema.services.waiting import leave_waiting_list

AT_ONCE = 200  # tickets a transaction


def erase_person(*, person: Person, by: User | None, insist: bool = False) -> dict[str, int]:
    """Erase all that is kept of somebody, and delete their account; return how much of what that was.

    Their tickets stay, without them; those of coming shows go on admitting whoever has them. What their account booked
    with other addresses is no longer its own. Safe to repeat. Raises LastOwner, and, unless they ``insist``,
    TicketsUnfinished.
    """
    if person.user and is_last_owner(person.user):
        raise LastOwner
    if not insist and (unfinished := unfinished_tickets(person)):
        raise TicketsUnfinished(unfinished)
    if person.user:
        _close_account(user=person.user, by=by or person.user)
    erased = {
        "waiting": sum(_erase_entry(code=code) for code in own_entries(person).values_list("code", flat=True)),
        "tickets": sum(_each_batch(part) for part in own_tickets(person)),
    }
    if person.user:
        erased["unlinked"] = _unlink_tickets(user=person.user)
    _finish(person=person, by=by, erased=erased)
    return erased


def note_export(*, person: Person, by: User | None) -> None:
    """Write down that what is kept of somebody was taken along."""
    audit.note(action=audit.Action.EXPORT, user=by, subject=_name(person), personal_data=True)


def delete_account(*, user: User, by: User | None) -> None:
    """Delete an account; what was booked with its address stays as it is, but is nobody's. Raises LastOwner."""
    if is_last_owner(user):
        raise LastOwner
    _close_account(user=user, by=by or user)
    unlinked = _unlink_tickets(user=user)
    with transaction.atomic():
        audit.note(action=audit.Action.ERASE, user=by, subject=user, unlinked=unlinked)
        User.objects.filter(pk=user.pk).delete()


def erase_contacts(*, ticket_ids: Collection[int]) -> int:
    """Erase who the buyers of these tickets are, in the caller's transaction: on the tickets, in the words they are
    found by, in mails, and with their holds. Return how many tickets that were."""
    OutgoingMail.objects.filter(ticket__in=ticket_ids).delete()
    TicketWord.objects.filter(ticket__in=ticket_ids).delete()
    holds = Hold.objects.filter(tickets__in=ticket_ids).exclude(status=Hold.Status.ACTIVE)
    forget_buyers(hold_ids=list(holds.values_list("pk", flat=True)))
    return Ticket.objects.filter(pk__in=ticket_ids).update(name=Ticket.ERASED, email="", phone="")


def forget_buyers(*, hold_ids: Collection[int]) -> int:
    """Forget which browser, and from where, made these holds; return how many."""
    return Hold.objects.filter(pk__in=hold_ids).update(buyer=Hold.ERASED, origin="", program="")


@atomically
def _close_account(*, user: User, by: User) -> None:
    """Let nothing new come while the rest is erased: nobody signs in any more, and no program acts for the account."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    delete_tokens(user=user, by=by)


def _erase_entry(*, code: str) -> bool:
    """Leave a waiting list, so that the next in line gets what is offered; and forget who waited."""
    leave_waiting_list(code=code)
    with transaction.atomic():
        OutgoingMail.objects.filter(entry__code=code).delete()
        return bool(WaitingEntry.objects.filter(code=code).update(email="", origin=""))


def _each_batch(tickets: QuerySet[Ticket]) -> int:
    done = 0
    while keys := list(tickets.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        done += _erase_batch(ticket_ids=keys)
    return done


@atomically
def _erase_batch(*, ticket_ids: Collection[int]) -> int:
    return erase_contacts(ticket_ids=ticket_ids)


def _unlink_tickets(*, user: User) -> int:
    done = 0
    while keys := list(user.tickets.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        done += Ticket.objects.filter(pk__in=keys).update(user=None)
    return done


@atomically
def _finish(*, person: Person, by: User | None, erased: dict[str, int]) -> None:
    """Delete what has no history of its own, and write down that it was done."""
    for mails in own_mails(person):
        mails.delete()
    own_proofs(person).delete()
    own_failures(person).delete()
    audit.note(action=audit.Action.ERASE, user=by, subject=_name(person), **erased)
    if person.user:
        User.objects.filter(pk=person.user.pk).delete()


def _name(person: Person) -> User | str:
    """What the audit trail calls them."""
    return person.user or f"no account: {fingerprint(person.email).present}"
