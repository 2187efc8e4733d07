"""Orders: search, history and staff actions."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cinema.domain.lists import sentences
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.booking.booking import is_key
from cinema.forms.orders.orders import CancelForm, EmailForm, RefundForm, ResendForm, SettleForm, StaffActionForm
from cinema.models import Refund, Theatre, Ticket
from cinema.models.annotated import TicketWithPrice
from cinema.models.codes import reference_in
from cinema.selectors.booking.tickets import cancellation_terms
from cinema.selectors.core.mails import undelivered_mail
from cinema.selectors.money.disputes import disputes_of, incidents_of
from cinema.selectors.money.gift_cards import find_gift_cards, gift_card_of_order
from cinema.selectors.money.invoices import invoice_of_order
from cinema.selectors.money.ledger import entries_of
from cinema.selectors.orders import orders as selectors
from cinema.selectors.orders.moves import can_move
from cinema.selectors.orders.parking import parked_sales
from cinema.selectors.orders.show_cancellations import cancellation_of
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.orders import orders as services
from cinema.services.orders.corrections import correct_email
from cinema.views.staff.access import at_theatre
from cinema.views.staff.orders.permissions import permit
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404, typed

MOST_CARDS = 10  # gift cards named beside the orders that match a search

FORMS: dict[str, type[StaffActionForm]] = {
    "resend": ResendForm,
    "email": EmailForm,
    "cancel": CancelForm,
    "refund": RefundForm,
    "settle": SettleForm,
}


def order_or_404(theatre: Theatre, reference: str) -> TicketWithPrice:
    return or_404(selectors.order_at(theatre, reference))


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def orders(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The newest orders with tickets, or the search results; redirects to the order with exactly this reference.

    Gift cards have a list of their own; those that match a search are named here, too, and so are sales that are parked
    or reserved at the counter.
    """
    asked = typed(request.GET, "q")
    before = request.GET.get("before", "")
    page = selectors.find_orders(theatre, asked, int(before) if is_key(before) else None)
    if asked and not before and [ticket.reference for ticket in page.tickets] == [reference_in(asked)]:
        return redirect("staff-orders-order", theatre.slug, page.tickets[0].reference)
    cards = find_gift_cards(theatre, asked).cards[:MOST_CARDS] if asked and not before else []
    if not page.tickets and [card.order_line.order.reference for card in cards] == [reference_in(asked)]:
        return redirect("staff-gift-cards-card", theatre.slug, cards[0].pk)
    context = {
        "theatre": theatre,
        "asked": asked,
        "cards": cards,
        "parked": parked_sales(theatre, asked) if asked and not before else (),
        "tickets": page.tickets,
        "older": page.older,
        "paged": before,
    }
    return render(request, "staff/orders/orders.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def order(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    ticket = selectors.order_at(theatre, reference)
    if ticket is None and (card := gift_card_of_order(theatre, reference)):
        return redirect("staff-gift-cards-card", theatre.slug, card.pk)
    return order_page(request, theatre, or_404(ticket))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def order_resend(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    def resend(ticket: Ticket, form: ResendForm) -> None:
        ticket = services.resend_ticket(code=ticket.code, requested=form.requested(request.user))
        messages.success(request, _("The ticket is on its way to %(email)s.") % {"email": ticket.order.email})

    return _act(request, theatre, reference, "resend", resend)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def order_email(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    def correct(ticket: Ticket, form: EmailForm) -> None:
        email = form.cleaned_data["email"]
        correct_email(code=ticket.code, email=email, requested=form.requested(request.user))
        messages.success(request, _("The address has been corrected. Emails now go to %(email)s.") % {"email": email})

    return _act(request, theatre, reference, "email", correct)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def order_cancel(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    def cancel(ticket: TicketWithPrice, form: CancelForm) -> None:
        permission = permit(request, theatre, form)
        requested, amount = form.requested(request.user), form.amount_of(ticket)
        services.cancel_order(code=ticket.code, requested=requested, permission=permission, amount=amount)
        _done(request, ticket, _("The order has been cancelled."))

    return _act(request, theatre, reference, "cancel", cancel)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def order_refund(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    def refund(ticket: Ticket, form: RefundForm) -> None:
        requested, amount, seats = (
            form.requested(request.user),
            form.cleaned_data["amount"],
            form.cleaned_data["seats"],
        )
        if seats:
            services.return_seats(code=ticket.code, seat_ids=seats, requested=requested, amount=amount)
            _done(request, ticket, _("The seats have been refunded and are free again."))
        else:
            services.give_goodwill(code=ticket.code, amount=amount, requested=requested)
            _done(request, ticket, _("The refund is on its way."))

    return _act(request, theatre, reference, "refund", refund)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def order_settle(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    def settle(ticket: Ticket, form: SettleForm) -> None:
        refund_id = form.cleaned_data["refund"]
        services.settle_by_hand(code=ticket.code, refund_id=refund_id, requested=form.requested(request.user))
        messages.success(request, _("The refund is marked as settled by hand."))

    return _act(request, theatre, reference, "settle", settle)


def _done(request: StaffRequest, ticket: Ticket, what: str) -> None:
    """Say what was done, and that the buyer hears of it, if their address is known."""
    messages.success(request, sentences([what, _("The buyer gets an email.") if ticket.order.email else ""]))


def order_page(
    request: StaffRequest,
    theatre: Theatre,
    ticket: TicketWithPrice,
    bound: StaffActionForm | None = None,
    refusal: BusinessRuleViolation | None = None,
) -> HttpResponse:
    """The order with its history and forms; ``bound`` is the rejected form."""
    events, show = selectors.events_of(ticket), ticket.show
    seen = events[-1].pk if events else 0
    now, paid = timezone.now(), ticket.status == Ticket.Status.CONFIRMED
    off = show.status == show.Status.CANCELLED
    forms: dict[str, Any] = {
        f"{name}_form": kind(seen=seen, auto_id=f"{name}_%s", prefix=None) for name, kind in FORMS.items()
    }
    forms["cancel_form"].ask(theatre, may=request.staff_role.may(MANAGER))
    if bound is not None:
        bound.latest = seen
        bound.renew()
        forms[next(f"{name}_form" for name, kind in FORMS.items() if isinstance(bound, kind))] = bound
    seats = [line for line in ticket.seats.all() if line.active or ticket.status != Ticket.Status.CONFIRMED]
    can_cancel = paid and (off or now < show.film_ends_at)
    forms["refund_form"].offer(seats if can_cancel and len(seats) > 1 else [])
    context = forms | {
        "theatre": theatre,
        "ticket": ticket,
        "show": show,
        "history": selectors.history(ticket, events),
        "terms": cancellation_terms(ticket),
        "cancellation": cancellation_of(show) if off else None,
        "paid": paid,
        "can_cancel": can_cancel,
        "can_move": can_move(ticket, now, staff=True),
        "refused": list(_to_settle(ticket, seen, bound, _is_refused)),
        "to_transfer": list(_to_settle(ticket, seen, bound, _waits_for_transfer)),
        "at_till": [
            refund
            for payment in ticket.order.payments.all()
            for refund in payment.refunds.all()
            if payment.is_at_till and refund.status == Refund.Status.PENDING
        ],
        "refunded": sum(
            refund.amount
            for payment in ticket.order.payments.all()
            for refund in payment.refunds.all()
            if refund.status != Refund.Status.FAILED
        ),
        "disputes": disputes_of(ticket.order),
        "entries": entries_of(ticket.order),
        "incidents": incidents_of(ticket.order),
        "undelivered": undelivered_mail(ticket),
        "receipts": ticket.order.receipts.order_by("pk"),
        "invoice": invoice_of_order(ticket.order),
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else 400 if bound else 200
    return render(request, "staff/orders/order.html", context, status=status)


def _is_refused(refund: Refund) -> bool:
    return refund.status == Refund.Status.FAILED


def _waits_for_transfer(refund: Refund) -> bool:
    """Whether it is of money that came for an invoice, and may go back by transfer instead of in cash."""
    return refund.payment.is_on_invoice and refund.status == Refund.Status.PENDING


def _to_settle(
    ticket: Ticket, seen: int, bound: StaffActionForm | None, which: Callable[[Refund], bool]
) -> Iterator[tuple[Refund, StaffActionForm]]:
    """The refunds ``which`` staff settle by hand, each with the form that does, or the one that was refused."""
    for payment in ticket.order.payments.all():
        for refund in payment.refunds.all():
            if not which(refund):
                continue
            again = isinstance(bound, SettleForm) and bound.data.get("refund") == str(refund.pk)
            new = SettleForm(seen=seen, initial={"refund": refund.pk}, auto_id=f"settle_{refund.pk}_%s")
            yield refund, bound if bound and again else new


def _act(
    request: StaffRequest, theatre: Theatre, reference: str, name: str, do: Callable[[TicketWithPrice, Any], None]
) -> HttpResponse:
    """Validate a form of the order's page and call ``do``; on an error show the page with the posted values."""
    ticket = order_or_404(theatre, reference)
    form = FORMS[name](request.POST, seen=0, auto_id=f"{name}_%s")
    if isinstance(form, CancelForm):
        form.ask(theatre, may=request.staff_role.may(MANAGER))
    if not form.is_valid():
        return order_page(request, theatre, ticket, form)
    try:
        do(ticket, form)
    except BusinessRuleViolation as refusal:
        return order_page(request, theatre, order_or_404(theatre, reference), form, refusal)
    return see_other(request.path.rpartition(f"{name}/")[0])
