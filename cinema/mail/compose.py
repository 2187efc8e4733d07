"""Composition of mails from current data, when they are sent. mail.sending sends them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from cinema.domain import qr
from cinema.mail.calendars import calendar_method, ticket_calendar
from cinema.mail.email_proofs import make_token
from cinema.mail.owner_links import make_token as make_owner_token
from cinema.mail.receipts import (
    Papers,
    credit_note_of_order,
    credit_notes_of,
    papers_of,
    receipt_of_order,
    receipt_of_sale,
)
from cinema.mail.reminder_links import make_token as make_reminder_token
from cinema.mail.rendering import Mail, make_mail
from cinema.models import (
    FilmAlert,
    GiftCard,
    Order,
    OutgoingMail,
    Receipt,
    Refund,
    Show,
    ShowCancellation,
    ShowSeat,
    Theatre,
    Ticket,
    TicketSeat,
    User,
    WaitingEntry,
    with_film,
)
from cinema.models.annotated import OutgoingMailNow, TicketNow
from cinema.selectors.booking.tickets import refunds_of, tickets
from cinema.selectors.booking.validity import is_current
from cinema.selectors.films.coming import shows_on_sale
from cinema.selectors.halls.appearances import look_of
from cinema.selectors.money.receipts import receipt_by_code
from cinema.selectors.money.refund_ways import mode_of, ways_of_mail
from cinema.selectors.people.legal import published_texts
from cinema.wallet.apple import has_apple_pass
from cinema.wallet.google import has_google_pass

Kind = OutgoingMail.Kind
OF_SHOWS = ("movie", "screen__theatre", "language", "subtitles")
Subject = TypeVar("Subject", int, User, WaitingEntry, GiftCard)


def compose(outgoing: OutgoingMailNow) -> Mail | None:
    """Compose a mail from current data; None if it is no longer needed.

    ``outgoing`` is loaded with its user, its waiting list entry, its gift card and ``now``, the database's clock.
    """
    return COMPOSERS[Kind(outgoing.kind)](outgoing)


def _ticket(outgoing: OutgoingMailNow) -> Mail | None:
    """The ticket with its QR code and calendar file; None if it was cancelled, which has its own mail."""
    ticket = _ticket_of(outgoing)
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show.status == Show.Status.CANCELLED:
        return None
    amount = Decimal(outgoing.context.get("amount") or 0)
    papers = Papers()
    if outgoing.kind == Kind.TICKET:
        papers = receipt_of_sale(ticket)
    elif amount:
        papers = credit_notes_of(ticket, outgoing)
    picture = qr.png(ticket.get_absolute_url())
    ways = ways_of_mail(ticket, amount, outgoing.created_at)
    details: dict[str, Any] = {"amount": amount, "ways": ways, "papers": papers, **_wallets(ticket)}
    mail = _about_ticket(outgoing, ticket, picture=picture, **details)
    return papers.attach_to(_with_calendar(mail, ticket))


def _reminder(outgoing: OutgoingMailNow) -> Mail | None:
    """The reminder of a coming show; None if it has begun, or the ticket was cancelled."""
    ticket = _ticket_of(outgoing)
    if not is_current(ticket) or ticket.show.starts_at <= outgoing.now:
        return None
    stop = reverse("ticket-reminders", args=[ticket.code, make_reminder_token(ticket)])
    return _about_ticket(outgoing, ticket, picture=qr.png(ticket.get_absolute_url()), stop_url=settings.SITE_URL + stop)


def _cancellation(outgoing: OutgoingMailNow) -> Mail | None:
    """A cancelled ticket: its refunds and, if its show is cancelled, the reason."""
    ticket, name = _ticket_of(outgoing), ""
    papers = credit_notes_of(ticket, outgoing)
    seats = outgoing.context.get("seats")  # not those that were returned before
    more = {"refunds": refunds_of(ticket), "lines": [li for li in ticket.seats.all() if not seats or li.pk in seats]}
    more["deducted"] = _deducted(outgoing)
    if ticket.show.status == Show.Status.CANCELLED:
        name, cancellations = "show_cancelled", ShowCancellation.objects.filter(show=ticket.show)
        more["reason"] = cancellations.values_list("reason", flat=True).first() or ""
    mail = _about_ticket(outgoing, ticket, name, papers=papers, **more)
    return papers.attach_to(_with_calendar(mail, ticket))


def _refund_part(outgoing: OutgoingMailNow) -> Mail | None:
    """A partial refund and the remaining seats; None for a cancelled ticket, whose mail names all refunds."""
    ticket = _ticket_of(outgoing)
    if ticket.status != Ticket.Status.CONFIRMED:
        return None
    returned, amount = outgoing.context.get("returned", 0), Decimal(outgoing.context["amount"])
    vouchers = outgoing.context.get("vouchers", False)
    papers = credit_notes_of(ticket, outgoing) if amount or vouchers else Papers()
    ways = ways_of_mail(ticket, amount, outgoing.created_at)
    told = {"amount": amount, "ways": ways, "vouchers": vouchers, "deducted": _deducted(outgoing)}
    mail = _about_ticket(outgoing, ticket, **told, returned=returned, papers=papers)
    return papers.attach_to(_with_calendar(mail, ticket) if returned else mail)


def _deducted(outgoing: OutgoingMailNow) -> Decimal:
    """What other tickets of the order cost more without the cancelled seats."""
    return Decimal(outgoing.context.get("deducted") or 0)


def _refund_late(outgoing: OutgoingMailNow) -> Mail:
    """The refund of a late payment: the ticket was paid already, or its seats were gone."""
    ticket, why = _ticket_of(outgoing), Refund.Reason(outgoing.context["reason"])
    never_booked = ticket.confirmed_at is None  # but perhaps the rest of its order, which has a receipt
    papers = credit_notes_of(ticket, outgoing) if never_booked else Papers()
    amount = Decimal(outgoing.context["amount"])
    ways = ways_of_mail(ticket, amount, outgoing.created_at)
    told = {"amount": amount, "ways": ways, "vouchers": outgoing.context.get("vouchers", False)}
    mail = _about_ticket(outgoing, ticket, **told, why=why, lines=(), papers=papers)
    return papers.attach_to(mail)


def _show_cancelled_offer(outgoing: OutgoingMailNow) -> Mail | None:
    """The choice between another show and a refund after a cancellation; None once it is over."""
    ticket = _ticket_of(outgoing)
    offer = ShowCancellation.objects.filter(show=ticket.show, choose_until__gt=outgoing.now).first()
    if offer is None or ticket.status != Ticket.Status.CONFIRMED:
        return None
    mail = _about_ticket(outgoing, ticket, cancellation=offer, choose=settings.SITE_URL + ticket.exchange_path)
    return _with_calendar(mail, ticket)


def _owner_link(outgoing: OutgoingMailNow) -> Mail | None:
    """The link that proves to a ticket's page that its owner opens it; valid for a day."""
    ticket = _ticket_of(outgoing)
    if ticket.status != Ticket.Status.CONFIRMED:
        return None
    return _about_ticket(outgoing, ticket, token=make_owner_token(ticket), lines=())


def _waiting_joined(outgoing: OutgoingMailNow) -> Mail | None:
    """The confirmation of a waiting-list place; None once the entry no longer waits."""
    return _about_entry(outgoing) if _subject(outgoing.entry).status == WaitingEntry.Status.WAITING else None


def _waiting_offer(outgoing: OutgoingMailNow) -> Mail | None:
    """The offer of seats to a waiting party; None once it has expired."""
    entry = _subject(outgoing.entry)
    if not entry.offers_at(outgoing.now):
        return None
    seats = ShowSeat.objects.filter(hold=entry.hold).select_related("seat__category").order_by("seat__y", "seat__x")
    fee = entry.show.screen.theatre.fee(Order.Channel.WEB)
    lines = [TicketSeat(show_seat=seat, price=fee.added_to(seat.price)) for seat in seats]
    total = sum(line.price for line in lines)
    return _about_entry(outgoing, lines=lines, fee=fee.once if total else 0, total=total and total + fee.once)


def _gift_card(outgoing: OutgoingMailNow) -> Mail | None:
    """A gift card for its recipient, or for its buyer a link to the page that shows it; None once it is blocked."""
    card, papers = _subject(outgoing.gift_card), Papers()
    if card.blocked_at:
        return None
    if outgoing.kind == Kind.GIFT_CARD_BOUGHT:
        order = card.order_line.order
        papers = receipt_of_order(order, order.receipt_path)
    mail = _about_gift_card(outgoing, replaces=outgoing.context.get("replaces"), papers=papers)
    return papers.attach_to(mail)


def _gift_card_refund(outgoing: OutgoingMailNow) -> Mail:
    """The refund of a second payment for a gift card."""
    order = _subject(outgoing.gift_card).order_line.order
    return _about_gift_card(outgoing, paid=Decimal(outgoing.context["amount"]), mode=mode_of(order))


def _gift_card_return(outgoing: OutgoingMailNow) -> Mail:
    """The refund of the purchase of a gift card, with its credit note."""
    order = _subject(outgoing.gift_card).order_line.order
    papers = credit_note_of_order(order, order.receipt_path)
    told = {"paid": Decimal(outgoing.context["amount"]), "mode": mode_of(order)}
    return papers.attach_to(_about_gift_card(outgoing, **told, papers=papers))


def _receipt(outgoing: OutgoingMailNow) -> Mail | None:
    """A receipt or credit note again; None if it is not of this order."""
    order = outgoing.gift_card.order_line.order if outgoing.gift_card else _ticket_of(outgoing).order
    receipt = receipt_by_code(outgoing.context["receipt"])
    if receipt is None or receipt.order_id != order.pk:
        return None
    url, credit = settings.SITE_URL + receipt.get_absolute_url(), receipt.kind == Receipt.Kind.CREDIT_NOTE
    mail = _mail(outgoing, receipt=receipt, credit=credit, order=order, theatre=receipt.theatre, url=url)
    return papers_of(receipt).attach_to(mail)


def _film_alert(outgoing: OutgoingMailNow) -> Mail | None:
    """The link that confirms a film alert; None once the alert is deleted."""
    alert = FilmAlert.objects.select_related("movie").filter(pk=outgoing.context["alert"]).first()
    return _mail(outgoing, movie=alert.movie, alert=alert) if alert else None


def _film_on_sale(outgoing: OutgoingMailNow) -> Mail | None:
    """A film that is on sale, with its next show; None if it is no longer on sale."""
    film = outgoing.context["movie"]
    show = shows_on_sale().filter(with_film(film)).select_related(*OF_SHOWS).order_by("starts_at", "pk").first()
    pages = {movie.pk: movie.get_absolute_url() for movie in show.films} if show else {}
    return _about_show(outgoing, show, pages[film]) if show and film in pages else None


def _proof(outgoing: OutgoingMailNow) -> Mail:
    """The link that finishes a sign-up, or changes the email of an account; valid for three days.

    It contains nothing entered by the requester, who need not be the recipient.
    """
    return _mail(outgoing, token=make_token(outgoing.context["proof"]))


def _account(outgoing: OutgoingMailNow) -> Mail:
    """A mail about an account that needs no data but its user."""
    return _mail(outgoing, user=outgoing.user, **outgoing.context)


def _password_reset(outgoing: OutgoingMailNow) -> Mail | None:
    """The link for choosing a new password; usable once, valid for three days."""
    user = _subject(outgoing.user)
    return _mail(outgoing, **_password_link(user)) if user.is_active else None


def _invitation(outgoing: OutgoingMailNow) -> Mail | None:
    """The invitation to work at a theatre: the same link, for an account without a password."""
    user = _subject(outgoing.user)
    if user.has_usable_password():
        return None
    theatre, by = (model.objects.get(pk=outgoing.context[key]) for model, key in ((Theatre, "theatre"), (User, "by")))
    return _mail(outgoing, theatre=theatre, by=by, **_password_link(user))


COMPOSERS: dict[Kind, Callable[[OutgoingMailNow], Mail | None]] = {
    Kind.TICKET: _ticket,
    Kind.SEATS_CHANGED: _ticket,
    Kind.EXCHANGED: _ticket,
    Kind.CANCELLATION: _cancellation,
    Kind.REFUND_PART: _refund_part,
    Kind.REFUND_LATE: _refund_late,
    Kind.REMINDER: _reminder,
    Kind.SHOW_CANCELLED_OFFER: _show_cancelled_offer,
    Kind.OWNER_LINK: _owner_link,
    Kind.WAITING_JOINED: _waiting_joined,
    Kind.WAITING_OFFER: _waiting_offer,
    Kind.GIFT_CARD: _gift_card,
    Kind.GIFT_CARD_BOUGHT: _gift_card,
    Kind.GIFT_CARD_REFUND: _gift_card_refund,
    Kind.GIFT_CARD_RETURN: _gift_card_return,
    Kind.RECEIPT: _receipt,
    Kind.FILM_ALERT: _film_alert,
    Kind.FILM_ON_SALE: _film_on_sale,
    Kind.SIGN_UP: _proof,
    Kind.EMAIL_CHANGE: _proof,
    Kind.EMAIL_TAKEN: _account,
    Kind.EMAIL_CHANGED: _account,
    Kind.ACCOUNT_UNUSED: _account,
    Kind.HAS_ACCOUNT: _account,
    Kind.NO_ACCOUNT: _account,
    Kind.INVITATION: _invitation,
    Kind.PASSWORD_RESET: _password_reset,
    Kind.NEW_PASSWORD: _account,
    Kind.NEW_TOKEN: _account,
}


def _subject(about: Subject | None) -> Subject:
    """What a mail of its kind is about."""
    if about is None:
        raise ValueError("The mail is about nothing.")
    return about


def _ticket_of(outgoing: OutgoingMailNow) -> TicketNow:
    return tickets().get(pk=_subject(outgoing.ticket_id))


def _wallets(ticket: TicketNow) -> dict[str, str]:
    """The URLs of the ticket's passes, by their names in the template; "" for a wallet that is not offered."""
    offered = {"apple": has_apple_pass(ticket), "google": has_google_pass(ticket)}
    urls = {name: settings.SITE_URL + reverse(f"ticket-{name}-wallet", args=[ticket.code]) for name in offered}
    return {f"{name}_url": urls[name] if is_offered else "" for name, is_offered in offered.items()}


def _password_link(user: User) -> dict[str, Any]:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return {"user": user, "uid": uid, "token": default_token_generator.make_token(user)}


def _about_ticket(outgoing: OutgoingMailNow, ticket: Ticket, name: str = "", **more: Any) -> Mail:
    lines = more.pop("lines", ticket.seats.all())
    total = sum(line.current_price for line in lines) + ticket.fee
    more |= {"ticket": ticket, "lines": lines, "fee": ticket.fee, "total": total}
    return _about_show(outgoing, ticket.show, ticket.get_absolute_url(), name=name, **more)


def _with_calendar(mail: Mail, ticket: TicketNow) -> Mail:
    """Attach the calendar file; its content type repeats its method (RFC 6047)."""
    kind = f"text/calendar; method={calendar_method(ticket)}"
    mail.attach(f"ticket-{ticket.reference}.ics", ticket_calendar(ticket).decode(), kind)
    return mail


def _about_entry(outgoing: OutgoingMailNow, **more: Any) -> Mail:
    entry = _subject(outgoing.entry)
    return _about_show(outgoing, entry.show, entry.get_absolute_url(), entry=entry, **more)


def _about_gift_card(outgoing: OutgoingMailNow, **more: Any) -> Mail:
    card = _subject(outgoing.gift_card)
    order, url = card.order_line.order, settings.SITE_URL + card.get_absolute_url()
    return _mail(outgoing, card=card, order=order, theatre=card.theatre, url=url, **more)


def _about_show(outgoing: OutgoingMailNow, show: Show, path: str, *, name: str = "", **more: Any) -> Mail:
    return _mail(outgoing, name, show=show, theatre=show.screen.theatre, url=settings.SITE_URL + path, **more)


def _mail(outgoing: OutgoingMailNow, name: str = "", **context: Any) -> Mail:
    """Make the mail of the template ``name``, by default that of its kind."""
    theatre = context.get("theatre")
    theatre_id = theatre.pk if theatre else None
    look = look_of(theatre_id)
    programme = reverse("programme")
    home_url = settings.SITE_URL + (programme if programme != "/" else "")
    site = {
        "site_url": settings.SITE_URL,
        "home_url": home_url,
        "legal_texts": published_texts(theatre_id),
        "look": look,
    }
    return make_mail(name or outgoing.kind.lower(), to=outgoing.recipient, **site, **context)
