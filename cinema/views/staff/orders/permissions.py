"""What sellers do at the counter with a permission of their own, or with the PIN of a supervisor."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.domain.money import format_money
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.orders.counter import AllowForm, ReasonForm, VoidForm
from cinema.forms.orders.orders import CancelForm
from cinema.models import Payment, Theatre, User
from cinema.selectors.orders.counter import counter_order, sale_in_hand
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.counter_actions import Permission
from cinema.services.orders.allowances import PriceRequest, allow_price, charge_list_prices
from cinema.services.orders.voids import void_order
from cinema.services.people.pins import prove_pin
from cinema.views.staff.access import at_theatre, till_of
from cinema.views.staff.orders.counter import Hand
from cinema.web.client_ip import client_ip
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """Void a whole sale of this till session: its seats are free again, and all of it is refunded."""
    order = or_404(counter_order(theatre, reference))
    session = till_of(request, theatre)
    form = VoidForm(request.POST or None, theatre=theatre, may=request.staff_role.may(MANAGER))
    status = 400 if form.errors else 200
    if session and form.is_valid():
        try:
            void_order(
                theatre=theatre, reference=reference, till=session.code, permission=permit(request, theatre, form)
            )
            _say_what_goes_back(request, list(order.payments.all()))
            return see_other(reverse("staff-sell", args=[theatre.slug]))
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    context = {"theatre": theatre, "order": order, "session": session, "form": form}
    return render(request, "staff/counter/void.html", context, status=status)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Let seats of the sale in hand be free, or cost less; with ``list_prices`` let all of them cost what they cost."""
    hand = Hand.of(request)
    form = AllowForm(request.POST or None, theatre=theatre, may=request.staff_role.may(MANAGER))
    status = 200
    try:
        if "list_prices" in request.POST:
            charge_list_prices(theatre=theatre, buyer=hand.buyer)
            return see_other(reverse("staff-sell", args=[theatre.slug]))
        if form.is_valid():
            wanted = PriceRequest(form.cleaned_data["seats"], hand.chosen.types, form.price_of_each)
            allow_price(theatre=theatre, buyer=hand.buyer, wanted=wanted, permission=permit(request, theatre, form))
            return see_other(reverse("staff-sell", args=[theatre.slug]))
        status = 400 if form.errors else 200
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        status = status_of(error)
    context = {"theatre": theatre, "form": form, "sale": sale_in_hand(theatre, hand.buyer, hand.chosen)}
    return render(request, "staff/counter/allow.html", context, status=status)


def permit(request: StaffRequest, theatre: Theatre, form: ReasonForm | CancelForm) -> Permission:
    """The permission that a valid form gives: the user's own, or that of a supervisor, whose PIN it checks.

    Raises WrongPin, TooManyWrongPins.
    """
    supervisor: User | None = form.cleaned_data.get("supervisor")
    if supervisor:
        prove_pin(theatre=theatre, user=supervisor, pin=form.cleaned_data["pin"], client_ip=client_ip(request))
    reason, key = form.cleaned_data.get("reason", ""), form.cleaned_data["key"]
    return Permission(request.user, supervisor or request.user, reason, key)


def _say_what_goes_back(request: StaffRequest, payments: list[Payment]) -> None:
    messages.success(request, _("The sale is voided, and its seats are free again."))
    for one in payments:
        if one.is_on_invoice:
            _say_what_came_for_it(request, one)
        elif one.is_at_till and one.status not in Payment.UNPAID:
            back = {"amount": format_money(one.rounded), "mode": f"{one.get_mode_display()} {one.capture_id}".strip()}
            messages.warning(request, _("Please refund %(amount)s: %(mode)s.") % back)


def _say_what_came_for_it(request: StaffRequest, payment: Payment) -> None:
    """Say that an invoice is cancelled, and what to return of what was paid of it."""
    messages.success(request, _("Its invoice is cancelled. A credit note is issued."))
    for refund in payment.refunds.exclude(till_session=None).select_related("payment"):
        back = {"amount": format_money(refund.rounded), "mode": refund.way}
        messages.warning(request, _("Please refund %(amount)s: %(mode)s.") % back)
