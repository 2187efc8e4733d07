"""Sales of the counter that are parked or reserved, and taken up again."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cinema.domain.clock import written_time
from cinema.domain.dates import day_and_time, shown_date
from cinema.exceptions import BusinessRuleViolation, SaleInHand
from cinema.forms.orders.counter import ParkForm
from cinema.models import Theatre
from cinema.selectors.orders.counter import sale_in_hand
from cinema.selectors.orders.parking import is_of_other
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.orders.parking import Parking, park_sale, release_parked, take_up
from cinema.views.staff.access import at_theatre
from cinema.views.staff.orders.counter import Hand
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def park(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Park the sale in hand under a word; with ``reserve`` keep its seats until shortly before its first show."""
    form, hand = ParkForm(request.POST), Hand.of(request)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return _to_sales(theatre)
    parking = Parking(hand.buyer, hand.chosen, form.cleaned_data["word"], form.before)
    try:
        sale = park_sale(theatre=theatre, parking=parking, by=request.user)
    except BusinessRuleViolation as error:
        messages.error(request, str(error))
        return _to_sales(theatre)
    request.session.pop("sale", None)
    if sale.until:
        local = sale.until.astimezone(theatre.tz)
        until = day_and_time(shown_date(local, "D j M"), written_time(local))
        text = _("Reserved for %(word)s until %(until)s, to be paid at a till.")
        messages.success(request, text % {"word": sale.word, "until": until})
    else:
        messages.success(request, _("The sale is parked: %(word)s.") % {"word": sale.word})
    return _to_sales(theatre)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def resume(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Take up a parked sale."""
    or_404(not is_of_other(theatre, code) or None)
    hand = Hand.of(request)
    try:
        if sale_in_hand(theatre, hand.buyer, hand.chosen._replace(types={})):
            raise SaleInHand
        Hand(*take_up(theatre=theatre, code=code)).keep(request)
    except BusinessRuleViolation as error:
        messages.error(request, str(error))
        return _to_sales(theatre)
    hand = Hand.of(request)
    if sale_in_hand(theatre, hand.buyer, hand.chosen._replace(types={})) is None:
        messages.error(request, _("The seats of this sale are no longer held. Please choose again."))
    return _to_sales(theatre)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def release(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Release the seats of a parked sale."""
    or_404(not is_of_other(theatre, code) or None)
    try:
        release_parked(theatre=theatre, code=code, by=request.user)
        messages.success(request, _("The seats are released."))
    except BusinessRuleViolation as error:
        messages.error(request, str(error))
    return _to_sales(theatre)


def _to_sales(theatre: Theatre) -> HttpResponse:
    return see_other(reverse("staff-sell", args=[theatre.slug]))
