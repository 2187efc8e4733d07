"""Add gift cards to the sale in hand, and remove them.

Both forms say how many cards were ``seen`` in the sale: sent twice, as by two clicks, they change it once.
"""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cinema.exceptions import SalePartPaid
from cinema.forms.money.gift_cards import CounterCardForm
from cinema.models import Theatre, TillSession
from cinema.selectors.booking.gift_cards import GiftCardRequest
from cinema.selectors.orders.counter import SaleInput, new_buyer, sale_in_hand
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.views.staff.access import at_theatre
from cinema.views.staff.orders.counter import Hand, again, at_till, first_error, page
from cinema.web.http import StaffRequest

MOST_CARDS = 20  # in a sale


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Add a gift card to the sale in hand."""
    if not settings.GIFT_CARD_AMOUNTS:
        raise Http404

    def act(session: TillSession) -> HttpResponse:
        form = CounterCardForm(request.POST)
        error = "" if form.is_valid() else first_error(form)
        if len(Hand.of(request).chosen.bought) >= MOST_CARDS:
            error = _("There are %(most)d gift cards in this sale already. Please finish it first.")
            error %= {"most": MOST_CARDS}
        if error:
            return page(request, session, error=error, card=form, status=400)
        return _change(request, theatre, session, lambda bought: [*bought, form.wanted])

    return at_till(request, theatre, act)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def remove(request: StaffRequest, theatre: Theatre, number: int) -> HttpResponse:
    """Remove the gift card with this number, counted from 1, from the sale in hand; no effect if there is none."""

    def others(bought: Sequence[GiftCardRequest]) -> list[GiftCardRequest]:
        return [card for place, card in enumerate(bought, 1) if place != number]

    def act(session: TillSession) -> HttpResponse:
        return _change(request, theatre, session, others)

    return at_till(request, theatre, act)


def _change(
    request: StaffRequest,
    theatre: Theatre,
    session: TillSession,
    change: Callable[[Sequence[GiftCardRequest]], list[GiftCardRequest]],
) -> HttpResponse:
    """Change the gift cards of the sale in hand, or of a new one, if they are those that were seen. Raises
    SalePartPaid."""
    hand = Hand.of(request)
    sale = sale_in_hand(theatre, hand.buyer, hand.chosen._replace(types={}))
    if sale and sale.order:
        raise SalePartPaid
    if sale is None:
        hand = hand._replace(chosen=SaleInput())
    if request.POST.get("seen") != str(len(hand.chosen.bought)):
        return again(request, theatre, session)
    buyer = hand.buyer if sale and sale.holds else new_buyer()  # an order of the old cards may exist under the old key
    hand._replace(buyer=buyer, chosen=hand.chosen._replace(bought=change(hand.chosen.bought))).keep(request)
    return again(request, theatre, session)
