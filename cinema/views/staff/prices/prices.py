"""Price cards: edit and preview them, and apply them to coming shows."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.domain.weekdays import weekday_choices
from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.booking.booking import is_key
from cinema.forms.prices.prices import CardForms, PreviewForm
from cinema.models import PriceCard, Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.prices.prices import calendar, card_of, cards_of, outlook, ticket_types_for_sale, with_shows
from cinema.services.prices.price_cards import add_card, change_card, retire_card
from cinema.services.prices.repricing import reprice_coming
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404

PER_PAGE = 50


@at_theatre(MANAGER)
@require_safe
def cards(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The theatre's price cards and ticket types."""
    found = list(cards_of(theatre))
    context = {
        "theatre": theatre,
        "cards": [card for card in found if card.retired_at is None],
        "retired": [card for card in found if card.retired_at],
        "kinds": ticket_types_for_sale(theatre),
        "categories": list(theatre.seat_categories.order_by("rank")),
    }
    return render(request, "staff/prices/cards.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Add a price card: an empty one, or with ``copy`` a copy of another."""
    copied = _copied(request, theatre)
    name = Truncator(_("Copy of %(name)s") % {"name": copied.name}).chars(60) if copied else ""
    forms = _forms(request, theatre, copied, name=name)
    if request.method != "POST":
        return _card_page(request, theatre, forms)
    if not forms.is_valid():
        return _card_page(request, theatre, forms)
    try:
        card = add_card(theatre=theatre, plan=forms.plan, user=request.user)
    except BusinessRuleViolation as error:
        return _card_page(request, theatre, forms, error=error)
    messages.success(request, _("“%(name)s” is ready to use.") % {"name": card.name})
    return see_other(reverse("staff-prices-card", args=[theatre.slug, card.pk]))


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Edit a price card. Published shows keep their prices until it is applied to them."""
    found = _find(theatre, pk)
    forms = _forms(request, theatre, found)
    if request.method != "POST":
        return _card_page(request, theatre, forms, found)
    if not forms.is_valid():
        return _card_page(request, theatre, forms, found)
    version = forms.card.cleaned_data["version"]
    try:
        change_card(theatre=theatre, card_id=pk, plan=forms.plan, version=version, user=request.user)
    except BusinessRuleViolation as error:
        if isinstance(error, EditConflict):
            forms = _forms(request, theatre, found, version=error.version)
        return _card_page(request, theatre, forms, found, error=error)
    messages.success(request, _("Saved. Planned shows keep their prices until you apply the card to them."))
    return see_other(reverse("staff-prices-card", args=[theatre.slug, pk]))


@at_theatre(MANAGER)
@require_POST
def retire(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Retire the card, or bring it back if ``back`` is posted."""
    _find(theatre, pk)
    retired = "back" not in request.POST
    done = retire_card(theatre=theatre, card_id=pk, retired=retired, user=request.user)
    text = _("“%(name)s” has been retired. Shows that use it keep it.") if retired else _("“%(name)s” is in use again.")
    messages.success(request, text % {"name": done.name})
    return see_other(reverse("staff-prices", args=[theatre.slug]))


@at_theatre(MANAGER)
@require_safe
def preview(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """A week of prices by the card: by time, format and ticket type."""
    found, kinds = _find(theatre, pk), ticket_types_for_sale(theatre)
    if not kinds:
        raise Http404
    form = PreviewForm(request.GET, kinds=kinds)
    format, kind = form.chosen
    bands = calendar(found, format=format, kind=kind)
    context = {"theatre": theatre, "card": found, "form": form, "bands": bands, "kind": kind}
    context["days"] = [name for _day, name in weekday_choices()]
    return render(request, "staff/prices/preview.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def shows(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The coming shows of a card with their present prices and the card's. A POST applies the card to them."""
    found, error = _find(theatre, pk), None
    if request.method == "POST":
        version = request.POST.get("version", "")
        if not is_key(version):
            return see_other(request.path)
        try:
            done = reprice_coming(theatre=theatre, card_id=pk, version=int(version), user=request.user)
        except BusinessRuleViolation as refusal:
            found, error = _find(theatre, pk), refusal
        else:
            _say(request, done.shows, done.seats, done.left)
            return see_other(request.path)
    return _shows_page(request, theatre, found, error)


def _say(request: StaffRequest, shows: int, seats: int, left: int) -> None:
    text = ngettext("The card has been applied to %(n)d show.", "The card has been applied to %(n)d shows.", shows) % {
        "n": shows
    }
    more = ngettext("%(n)d seat has a new price.", "%(n)d seats have new prices.", seats) % {"n": seats}
    messages.success(request, f"{text} {more}")
    if left:
        text = ngettext(
            "%(left)d show is not done yet. Please apply the card once more.",
            "%(left)d shows are not done yet. Please apply the card once more.",
            left,
        )
        messages.warning(request, text % {"left": left})


def _shows_page(
    request: StaffRequest, theatre: Theatre, found: PriceCard, error: BusinessRuleViolation | None
) -> HttpResponse:
    lines = outlook(found)
    changes = [line for line in lines if line.changes]
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "theatre": theatre,
        "card": found,
        "changes": len(changes),
        "seats": sum(line.seats_free for line in changes),
        "same": len(lines) - len(changes),
        "page": page,
        "lines": with_shows(list(page)),
        "error": error,
    }
    return render(request, "staff/prices/shows.html", context, status=status_of(error) if error else 200)


def _card_page(
    request: StaffRequest,
    theatre: Theatre,
    forms: CardForms,
    found: PriceCard | None = None,
    *,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    status = status_of(error) if error else 400 if request.method == "POST" else 200
    context = {
        "theatre": theatre,
        "card": found,
        "forms": forms,
        "error": error,
        "stale": sum(line.changes for line in outlook(found)) if found else 0,
    }
    return render(request, "staff/prices/card.html", context, status=status)


def _forms(
    request: StaffRequest, theatre: Theatre, found: PriceCard | None, *, name: str = "", version: int | None = None
) -> CardForms:
    """The forms as posted, or with the card's values. A newer ``version`` lets the posted values overwrite it."""
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and version is not None:
        data["version"] = str(version)
    categories = list(theatre.seat_categories.order_by("rank"))
    return CardForms(data, categories=categories, kinds=ticket_types_for_sale(theatre), card=found, name=name)


def _copied(request: StaffRequest, theatre: Theatre) -> PriceCard | None:
    pk = request.GET.get("copy", "")
    return _find(theatre, int(pk)) if is_key(pk) else None


def _find(theatre: Theatre, pk: int) -> PriceCard:
    return or_404(card_of(theatre, pk))
