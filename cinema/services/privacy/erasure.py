"""Erase a person: names, e-mail addresses and phone numbers are deleted, keys and amounts stay.

Erasure is a series of short transactions; when interrupted, it can be repeated.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from cinema.exceptions import LastOwner, TicketsUnfinished
from cinema.models import (
    GiftCard,
    GooglePass,
    Hold,
    Order,
    OrderWord,
    OutgoingMail,
    PassRegistration,
    PrivateHire,
    User,
    WaitingEntry,
)
from cinema.selectors.people.fingerprints import fingerprint
from cinema.selectors.privacy.personal_data import (
    DataSubject,
    is_last_owner,
    own_entries,
    own_failures,
    own_film_alerts,
    own_gift_cards,
    own_hires,
    own_mails,
    own_orders,
    own_proofs,
    own_reminder_stops,
    unfinished_tickets,
)
from cinema.services.booking.waiting import leave_waiting_list
from cinema.services.core import audit
from cinema.services.core.transactions import atomically
from cinema.services.people.tokens import delete_tokens

AT_ONCE = 200  # orders per transaction


def erase_person(*, person: DataSubject, by: User | None, insist: bool = False) -> dict[str, int]:
    """Erase all data about a person and delete their account; return the counts of what was erased.

    Their tickets stay valid, without name and addresses. Orders that their account placed with other addresses no
    longer belong to any account. Safe to repeat. Raises LastOwner, and TicketsUnfinished unless ``insist``.
    """
    if person.user and is_last_owner(person.user):
        raise LastOwner
    if not insist and (unfinished := unfinished_tickets(person)):
        raise TicketsUnfinished(unfinished)
    if person.user:
        _close_account(user=person.user, by=by or person.user)
    erased = {
        "waiting": sum(_erase_entry(code=code) for code in own_entries(person).values_list("code", flat=True)),
        "gift_cards": erase_recipients(cards=own_gift_cards(person)),
        "hires": erase_hires(hires=own_hires(person)),
        "orders": sum(_each_batch(part) for part in own_orders(person)),
    }
    if person.user:
        erased["unlinked"] = _unlink_orders(user=person.user)
    _finish(person=person, by=by, erased=erased)
    return erased


def note_export(*, person: DataSubject, by: User | None) -> None:
    """Record in the audit trail that a person's data was exported."""
    audit.note(action=audit.Action.EXPORT, user=by, subject=_name(person), personal_data=True)


def delete_account(*, user: User, by: User | None) -> None:
    """Delete an account; orders placed with its address keep it, but belong to no account. Raises LastOwner."""
    if is_last_owner(user):
        raise LastOwner
    _close_account(user=user, by=by or user)
    unlinked = _unlink_orders(user=user)
    with transaction.atomic():
        audit.note(action=audit.Action.ERASE, user=by, subject=user, unlinked=unlinked)
        User.objects.filter(pk=user.pk).delete()


def erase_hires(*, hires: QuerySet[PrivateHire]) -> int:
    """Erase the contacts of private hires, and texts that may name them; return how many hires. Screen, time and price
    stay."""
    erased = PrivateHire.ERASED
    version = F("version") + 1  # so that no form opened before brings it back
    return hires.update(contact=erased, occasion=erased, email="", phone="", note="", version=version)


def erase_contacts(*, order_ids: Collection[int]) -> int:
    """Erase the buyers' names, companies and addresses in the caller's transaction: on the orders, in their search
    words, mails and holds; their passes in wallets; and to whom they gave gift cards, but for those still to be
    mailed. Return the number of orders. A receipt keeps the company that asked for it, and an invoice its payer, for
    the tax office; they have no other names."""
    OutgoingMail.objects.filter(ticket__order__in=order_ids).delete()
    PassRegistration.objects.filter(ticket__order__in=order_ids).delete()
    GooglePass.objects.filter(ticket__order__in=order_ids).delete()
    OrderWord.objects.filter(order__in=order_ids).delete()
    cards = GiftCard.objects.filter(order_line__order__in=order_ids, contacts_erased_at=None)
    OutgoingMail.objects.filter(gift_card__in=cards).exclude(kind=OutgoingMail.Kind.GIFT_CARD).delete()
    erase_recipients(cards=cards.filter(Q(delivered_at__isnull=False) | Q(activated_at=None)))
    holds = Hold.objects.filter(tickets__order__in=order_ids).exclude(status=Hold.Status.ACTIVE)
    forget_buyers(hold_ids=list(holds.values_list("pk", flat=True)))
    coupons = Order.objects.filter(pk__in=order_ids).exclude(coupon_email="")
    coupons.update(coupon_email=Order.ERASED)
    nothing = dict.fromkeys(("email", "phone", "company", "company_tax_number"), "")
    return Order.objects.filter(pk__in=order_ids).update(name=Order.ERASED, **nothing)


def erase_recipients(*, cards: QuerySet[GiftCard]) -> int:
    """Erase to whom gift cards were given and the messages with them; return how many. The cards stay good."""
    OutgoingMail.objects.filter(gift_card__in=cards, kind=OutgoingMail.Kind.GIFT_CARD).delete()
    return cards.update(recipient_name="", recipient_email="", message="", contacts_erased_at=Now())


def forget_buyers(*, hold_ids: Collection[int]) -> int:
    """Erase the fingerprints of browser, address and API user from these holds; return how many."""
    return Hold.objects.filter(pk__in=hold_ids).update(buyer=Hold.ERASED, origin="", program="")


@atomically
def _close_account(*, user: User, by: User) -> None:
    """Disable the account and its tokens, so that nothing new is stored during the erasure."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    delete_tokens(user=user, by=by)


def _erase_entry(*, code: str) -> bool:
    """Leave a waiting list, so that its next entry gets the offer, and erase the e-mail address."""
    leave_waiting_list(code=code)
    with transaction.atomic():
        OutgoingMail.objects.filter(entry__code=code).delete()
        return bool(WaitingEntry.objects.filter(code=code).update(email="", origin=""))


def _each_batch(orders: QuerySet[Order]) -> int:
    done = 0
    while keys := list(orders.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        done += _erase_batch(order_ids=keys)
    return done


@atomically
def _erase_batch(*, order_ids: Collection[int]) -> int:
    return erase_contacts(order_ids=order_ids)


def _unlink_orders(*, user: User) -> int:
    done = 0
    while keys := list(user.orders.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        done += Order.objects.filter(pk__in=keys).update(user=None)
    return done


@atomically
def _finish(*, person: DataSubject, by: User | None, erased: Mapping[str, Any]) -> None:
    """Delete mails, proofs, failed sign-ins and the account, and record the erasure in the audit trail."""
    for mails in own_mails(person):
        mails.delete()
    own_proofs(person).delete()
    own_reminder_stops(person).delete()
    own_film_alerts(person).delete()
    own_failures(person).delete()
    audit.note(action=audit.Action.ERASE, user=by, subject=_name(person), **erased)
    if person.user:
        User.objects.filter(pk=person.user.pk).delete()


def _name(person: DataSubject) -> User | str:
    """The subject in the audit trail: the account, or a fingerprint of the address."""
    return person.user or f"no account: {fingerprint(person.email).present}"
