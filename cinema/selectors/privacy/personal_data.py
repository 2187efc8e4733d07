"""The personal data of one person, found by their email address, with or without an account."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from axes.models import AccessAttempt
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.texts import normalise_email
from cinema.models import (
    AuditEvent,
    EmailProof,
    FilmAlert,
    GiftCard,
    Hold,
    InvoicePayment,
    Order,
    OutgoingMail,
    Payment,
    PrivateHire,
    Receipt,
    Refund,
    ReminderStop,
    Show,
    ShowNote,
    Ticket,
    TicketSeat,
    User,
    WaitingEntry,
)
from cinema.selectors.money.invoices import paid_of
from cinema.selectors.people.fingerprints import fingerprint

CHUNK = 200  # rows read at a time
AT_MOST = 20  # unfinished tickets listed

Item = Mapping[str, object]


class DataSubject(NamedTuple):
    """An email address and its account, if it has one."""

    email: str
    user: User | None


def person_by_email(email: str) -> DataSubject:
    """The person with this email address, with or without an account."""
    email = normalise_email(email)
    return DataSubject(email, User.objects.filter(email=email).first())


def personal_data(person: DataSubject) -> dict[str, Iterable[Item]]:
    """All data about a person by kind, each read lazily.

    Tickets that the account booked for another address are without that buyer's name and address.
    """
    parts: dict[str, Callable[[DataSubject], Iterable[Item]]] = {
        "account": _account,
        "tickets": _tickets,
        "tickets_for_others": _tickets_for_others,
        "gift_cards_bought": _gift_cards_bought,
        "gift_cards_received": _gift_cards_received,
        "private_hires": _private_hires,
        "waiting_lists": _waiting_lists,
        "reminders_stopped": _stopped_reminders,
        "film_alerts": _film_alerts,
        "mails": _mails,
        "addresses_to_be_proven": _proofs,
        "failed_sign_ins": _failures,
        "notes": _notes,
        "audit_trail": _trail,
    }
    return {name: part(person) for name, part in parts.items()}


def own_orders(person: DataSubject) -> list[QuerySet[Order]]:
    """The orders placed with the address, without and with an account, as each has its own index."""
    return [Order.objects.filter(email=person.email, user__isnull=guest) for guest in (True, False)]


def own_tickets(person: DataSubject) -> list[QuerySet[Ticket]]:
    """The tickets of own_orders()."""
    return [Ticket.objects.filter(order__email=person.email, order__user__isnull=guest) for guest in (True, False)]


def own_entries(person: DataSubject) -> QuerySet[WaitingEntry]:
    """The waiting-list entries of the address."""
    return WaitingEntry.objects.exclude(email="").filter(email=person.email)


def own_gift_cards(person: DataSubject) -> QuerySet[GiftCard]:
    """The gift cards that were mailed to the address."""
    return GiftCard.objects.exclude(recipient_email="").filter(recipient_email=person.email)


def own_hires(person: DataSubject) -> QuerySet[PrivateHire]:
    """The private hires with the address."""
    return PrivateHire.objects.exclude(email="").filter(email=person.email)


def unfinished_tickets(person: DataSubject) -> list[Ticket]:
    """The person's tickets for coming shows, being paid for, or with a pending refund, each with its show.

    At most AT_MOST of each query of own_tickets().
    """
    coming = Q(status=Ticket.Status.CONFIRMED) & (Q(show__ends_at__gt=Now()) | Q(show__status=Show.Status.CANCELLED))
    held = Q(status=Ticket.Status.PENDING, hold__status=Hold.Status.ACTIVE, hold__expires_at__gt=Now())
    refunds = Refund.objects.filter(payment__order=OuterRef("order"), status__in=Refund.OWED)
    parts = (part.filter(coming | held | Exists(refunds)) for part in own_tickets(person))
    return list(chain.from_iterable(part.select_related("show__movie").order_by("pk")[:AT_MOST] for part in parts))


def _account(person: DataSubject) -> Iterator[Item]:
    if user := person.user:
        roles = user.staff_roles.select_related("theatre").order_by("pk")
        yield {
            "email": user.email,
            "name": user.name,
            "phone": user.phone,
            "joined": user.date_joined,
            "last_sign_in": user.last_login,
            "active": user.is_active,
            "owner": user.is_superuser,
            "roles": [f"{role.get_role_display()}, {role.theatre}" for role in roles],
            "api_tokens": list(user.api_tokens.order_by("pk").values("label", "created_at", "last_used_at")),
        }


def _tickets(person: DataSubject) -> Iterator[Item]:
    for ticket in chain.from_iterable(_whole(part) for part in own_tickets(person)):
        order = ticket.order
        company = {"company": order.company, "company_tax_number": order.company_tax_number}
        receipts = [_receipt(receipt) for receipt in order.receipts.all()]
        contact = {"name": order.name, "email": order.email, "phone": order.phone}
        yield {**contact, **company, **_facts(ticket), "receipts": receipts}


def _tickets_for_others(person: DataSubject) -> Iterator[Item]:
    if person.user:
        for ticket in _whole(Ticket.objects.filter(order__user=person.user).exclude(order__email=person.email)):
            yield _facts(ticket)


def _whole(tickets: QuerySet[Ticket]) -> Iterator[Ticket]:
    """Load tickets with everything that _facts() reads."""
    refunds = Prefetch("refunds", Refund.objects.order_by("pk"))
    paid = Prefetch("invoice__payments", InvoicePayment.objects.order_by("pk"))
    payments = Payment.objects.select_related("invoice").prefetch_related(refunds, paid).order_by("pk")
    seats = TicketSeat.objects.select_related("show_seat__seat", "ticket_type", "check_in").order_by("pk")
    history = AuditEvent.objects.order_by("pk")
    whole = tickets.select_related("order", "hold", "show__movie", "show__screen__theatre").order_by("pk")
    receipts = Receipt.objects.order_by("pk")
    parts = {"order__payments": payments, "order__receipts": receipts, "seats": seats, "audit": history}
    whole = whole.prefetch_related(*(Prefetch(name, rows) for name, rows in parts.items()))
    return whole.iterator(chunk_size=CHUNK)


def _facts(ticket: Ticket) -> Item:
    show = ticket.show
    return {
        "reference": ticket.reference,
        "order": ticket.order.reference,
        "channel": ticket.order.get_channel_display(),
        "language": ticket.order.language,
        "status": ticket.get_status_display(),
        "film": show.title,
        "theatre": show.screen.theatre.name,
        "starts_at": show.starts_at,
        "seats": [_seat(line) for line in ticket.seats.all()],
        "amount": ticket.amount,
        "held_since": ticket.hold.created_at,
        "booked_at": ticket.created_at,
        "confirmed_at": ticket.confirmed_at,
        "cancelled_at": ticket.cancelled_at,
        "reminded_of_the_show_at": ticket.reminded_of,
        "terms_version": ticket.order.terms_version,
        "terms_accepted_at": ticket.order.terms_accepted_at,
        "payments": [_payment(payment) for payment in ticket.order.payments.all()],
        "done_by_staff": [
            {"at": event.at, "what": event.get_action_display(), "reason": event.reason} for event in ticket.audit.all()
        ],
    }


def _seat(line: TicketSeat) -> Item:
    kind = line.ticket_type.name if line.ticket_type else ""
    admitted = line.check_in.scanned_at if line.check_in else None
    seat = {"seat": line.show_seat.seat.label, "ticket_type": kind, "price": line.price, "released": not line.active}
    return seat | {"admitted_at": admitted}


def _payment(payment: Payment) -> Item:
    """A payment with its refunds; one on invoice with what came for that, and was reversed."""
    invoiced = {"invoice_payments": [_invoice_payment(one) for one in paid_of(payment)]}
    return (invoiced if payment.is_on_invoice else {}) | {
        "amount": payment.amount,
        "currency": payment.currency,
        "mode": payment.get_mode_display(),
        "status": payment.get_status_display(),
        "at": payment.created_at,
        "settled_at": payment.settled_at,
        "refunds": [
            {
                "amount": refund.amount,
                "reason": refund.get_reason_display(),
                "status": refund.get_status_display(),
                "at": refund.created_at,
                "done_at": refund.done_at,
            }
            for refund in payment.refunds.all()
        ],
    }


def _invoice_payment(paid: InvoicePayment) -> Item:
    return {
        "amount": paid.amount + paid.rounding,
        "mode": paid.get_way_display(),
        "reference": paid.reference,
        "paid_on": paid.paid_on,
        "at": paid.at,
    }


def _receipt(receipt: Receipt) -> Item:
    terms = {"invoice": receipt.invoice} if receipt.invoice else {}
    return terms | {
        "number": str(receipt),
        "kind": receipt.kind_name,
        "issued_at": receipt.issued_at,
        "total": receipt.total,
        "company": receipt.company,
        "company_tax_number": receipt.company_tax_number,
    }


def _gift_cards_bought(person: DataSubject) -> Iterator[Item]:
    for orders in own_orders(person):
        cards = GiftCard.objects.filter(order_line__order__in=orders).order_by("pk")
        for card in cards.select_related("theatre", "order_line__order"):
            order = card.order_line.order
            yield {
                "name": order.name,
                "email": order.email,
                "phone": order.phone,
                "order": order.reference,
                "recipient_name": card.recipient_name,
                "recipient_email": card.recipient_email,
                "payments": [_payment(payment) for payment in order.payments.order_by("pk")],
                **_gift_card(card),
            }


def _gift_cards_received(person: DataSubject) -> Iterator[Item]:
    for card in own_gift_cards(person).select_related("theatre").order_by("pk"):
        yield {"name": card.recipient_name, "email": card.recipient_email, **_gift_card(card)}


def _gift_card(card: GiftCard) -> Item:
    return {
        "theatre": card.theatre.name,
        "amount": card.amount,
        "balance": card.balance,
        "message": card.message,
        "ordered_at": card.created_at,
        "sent_at": card.delivered_at,
        "valid_until": card.expires_on,
    }


def _private_hires(person: DataSubject) -> Iterator[Item]:
    for hire in own_hires(person).select_related("screen__theatre").order_by("pk"):
        yield {
            "name": hire.contact,
            "email": hire.email,
            "phone": hire.phone,
            "theatre": hire.screen.theatre.name,
            "starts_at": hire.starts_at,
            "ends_at": hire.ends_at,
            "subject": hire.occasion,
            "amount": hire.price,
            "message": hire.note,
        }


def _waiting_lists(person: DataSubject) -> Iterator[Item]:
    for entry in own_entries(person).select_related("show__movie", "show__screen__theatre", "hold").order_by("pk"):
        yield {
            "email": entry.email,
            "language": entry.language,
            "film": entry.show.title,
            "theatre": entry.show.screen.theatre.name,
            "starts_at": entry.show.starts_at,
            "seats": entry.party,
            "status": entry.get_status_display(),
            "joined_at": entry.created_at,
            "offered_at": entry.offered_at,
            "offered_until": entry.hold.expires_at if entry.hold else None,
        }


def _mails(person: DataSubject) -> Iterator[Item]:
    for mail in chain.from_iterable(part.order_by("pk").iterator(chunk_size=CHUNK) for part in own_mails(person)):
        yield {
            "recipient": mail.recipient,
            "what": mail.get_kind_display(),
            "written_at": mail.created_at,
            "sent_at": mail.sent_at,
            "failed_at": mail.failed_at,
        }


def own_mails(person: DataSubject) -> list[QuerySet[OutgoingMail]]:
    """The mails about the person's tickets, waiting-list entries, gift cards and account.

    Also unsent mails to the address, or to a new address that the account asked for.
    """
    mails = OutgoingMail.objects
    about = [mails.filter(ticket__in=part) for part in own_tickets(person)]
    about += [mails.filter(entry__in=own_entries(person))]
    received, bought = Q(kind=OutgoingMail.Kind.GIFT_CARD), own_orders(person)
    about += [mails.filter(received, gift_card__in=own_gift_cards(person))]
    about += [mails.exclude(received).filter(gift_card__order_line__order__in=part) for part in bought]
    about += [mails.filter(user=person.user)] if person.user else []
    asked = list(own_proofs(person).values_list("pk", flat=True))
    bare = mails.waiting().filter(Q(recipient=person.email) | Q(context__proof__in=asked))
    return [*about, bare.filter(ticket=None, entry=None, gift_card=None, user=None)]


def own_proofs(person: DataSubject) -> QuerySet[EmailProof]:
    """Unused links to prove the address, or a new address of its account."""
    whose = Q(email=person.email) | Q(user=person.user) if person.user else Q(email=person.email)
    return EmailProof.objects.filter(whose)


def own_reminder_stops(person: DataSubject) -> QuerySet[ReminderStop]:
    """The row that stops reminders to the address."""
    return ReminderStop.objects.filter(email=person.email)


def own_film_alerts(person: DataSubject) -> QuerySet[FilmAlert]:
    """The film alerts of the address."""
    return FilmAlert.objects.filter(email=person.email)


def own_failures(person: DataSubject) -> QuerySet[AccessAttempt]:
    """Recent failed sign-ins, stored by fingerprint."""
    failures: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(username__in=fingerprint(person.email))
    return failures


def _proofs(person: DataSubject) -> Iterator[Item]:
    yield from own_proofs(person).order_by("pk").values("email", "name", "created_at")


def _stopped_reminders(person: DataSubject) -> Iterator[Item]:
    yield from own_reminder_stops(person).values("email", "created_at")


def _film_alerts(person: DataSubject) -> Iterator[Item]:
    for alert in own_film_alerts(person).select_related("movie").order_by("pk"):
        times = {"asked_at": alert.created_at, "confirmed_at": alert.confirmed_at}
        yield {"email": alert.email, "film": alert.movie.title, "language": alert.language, **times}


def _failures(person: DataSubject) -> Iterator[Item]:
    for attempt in own_failures(person).order_by("pk"):
        yield {"at": attempt.attempt_time, "times": attempt.failures_since_start}


def _notes(person: DataSubject) -> Iterator[Item]:
    """Notes on shows that the account wrote for colleagues."""
    if person.user:
        notes = ShowNote.objects.filter(written_by=person.user).select_related("show__movie").order_by("pk")
        for note in notes.iterator(chunk_size=CHUNK):
            yield {"written_at": note.written_at, "film": note.show.title, "message": note.text}


def _trail(person: DataSubject) -> Iterator[Item]:
    """Audit events by the account and about it."""
    if user := person.user:
        events = AuditEvent.objects.order_by("pk")
        for event in chain(
            events.filter(user=user).iterator(chunk_size=CHUNK),
            events.filter(person=user).exclude(user=user).iterator(chunk_size=CHUNK),
        ):
            yield {"at": event.at, "what": event.get_action_display(), "subject": event.subject}


def is_last_owner(user: User) -> bool:
    """Whether the user is the only active owner."""
    return user.is_owner and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()


def has_any(data: dict[str, Iterable[Item]]) -> bool:
    """Whether there is any data; reads at most the first item of each part."""
    return any(next(iter(part), None) is not None for part in data.values())
