"""Gift cards for staff: find one, block it, replace a lost one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cinema.domain.lists import sentences
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.booking.booking import is_key
from cinema.forms.money.gift_cards import ReplacementForm
from cinema.models import GiftCard, Theatre
from cinema.models.annotated import GiftCardNow
from cinema.selectors.money import gift_cards as selectors
from cinema.selectors.money.disputes import disputes_of
from cinema.selectors.money.refund_ways import waiting_at_till
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.gift_card_returns import refund_gift_card
from cinema.services.money.gift_cards import block_gift_card, replace_gift_card
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404, typed


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def cards(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The newest gift cards sold by the theatre, or those that match a search."""
    asked = typed(request.GET, "q")
    before = request.GET.get("before", "")
    page = selectors.find_gift_cards(theatre, asked, int(before) if is_key(before) else None)
    context = {"theatre": theatre, "asked": asked, "cards": page.cards, "older": page.older, "paged": before}
    context["owed"] = selectors.owed_on_gift_cards(theatre)
    return render(request, "staff/gift_cards/cards.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def card(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    return _page(request, or_404(selectors.gift_card_at(theatre, pk)))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def block(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Block a gift card, or unblock it."""
    found = or_404(selectors.gift_card_at(theatre, pk))
    blocked = "unblock" not in request.POST
    try:
        block_gift_card(theatre=theatre, pk=found.pk, blocked=blocked, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, found, error=str(error), status=status_of(error))
    said = _("The gift card is blocked.") if blocked else _("The gift card can be spent again.")
    messages.success(request, said)
    return see_other(_address(found))


@at_theatre(MANAGER)
@require_POST
def replace(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Replace a lost gift card by another one with its balance, which is mailed."""
    found = or_404(selectors.gift_card_at(theatre, pk))
    form = ReplacementForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    email = form.cleaned_data["email"]
    try:
        new = replace_gift_card(theatre=theatre, pk=found.pk, email=email, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, found, form, error=str(error), status=status_of(error))
    messages.success(request, _("A new gift card is on its way to %(email)s.") % {"email": email})
    return see_other(_address(new))


@at_theatre(MANAGER)
@require_POST
def refund(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Refund the purchase of a gift card of which nothing is spent."""
    found = or_404(selectors.gift_card_at(theatre, pk))
    try:
        refund_gift_card(theatre=theatre, pk=found.pk, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, found, error=str(error), status=status_of(error))
    mailed = _("The buyer gets an email.") if found.order_line.order.email else ""
    messages.success(request, sentences([_("The purchase is being refunded and the card blocked."), mailed]))
    return see_other(_address(found))


def _page(
    request: StaffRequest,
    found: GiftCardNow,
    form: ReplacementForm | None = None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    order = found.order_line.order
    form = form or ReplacementForm(initial={"email": found.recipient_email or order.email})
    context = {"theatre": found.theatre, "card": found, "order": order, "form": form, "error": error}
    context |= {"expired": found.has_expired(found.now), "payments": order.payments.order_by("pk")}
    context["may_replace"] = request.staff_role.may(MANAGER)
    context["disputes"], context["receipts"] = disputes_of(order), order.receipts.order_by("pk")
    context["at_till"] = waiting_at_till(order)
    context["moves"] = selectors.uses_of(found)
    context["earlier"] = getattr(found, "replaces", None)
    return render(request, "staff/gift_cards/card.html", context, status=status)


def _address(found: GiftCard) -> str:
    return reverse("staff-gift-cards-card", args=[found.theatre.slug, found.pk])
