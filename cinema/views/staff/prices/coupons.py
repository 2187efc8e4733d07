"""The coupons of a theatre."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.prices.coupons import CouponForm
from cinema.models import Coupon, Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.prices.coupons import coupon_at, coupons_at
from cinema.services.prices.coupons import add_coupon, change_coupon, end_coupon
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_safe
def coupons(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The coupons, with how often each was used and what it has taken off."""
    context = {"theatre": theatre, "coupons": coupons_at(theatre)}
    return render(request, "staff/prices/coupons.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Add a coupon."""
    form = _form(request, theatre, None)
    if not form.is_valid():
        return _page(request, theatre, form, status=400 if form.is_bound else 200)
    try:
        added = add_coupon(theatre=theatre, plan=form.plan, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, theatre, form, error=error)
    messages.success(request, _("“%(name)s” can be used from now on.") % {"name": added.name})
    return _back(theatre)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Change a coupon. One of all theatres can be changed by owners only."""
    coupon = _find(request, theatre, pk)
    form = _form(request, theatre, coupon)
    if not form.is_valid():
        return _page(request, theatre, form, status=400 if form.is_bound else 200)
    version = form.cleaned_data["version"]
    try:
        change_coupon(theatre=theatre, pk=pk, plan=form.plan, version=version, user=request.user)
    except BusinessRuleViolation as error:
        if isinstance(error, EditConflict):
            form.reopen(error.version)
        return _page(request, theatre, form, error=error)
    messages.success(request, _("Saved. Orders that have used it keep their discount."))
    return _back(theatre)


@at_theatre(MANAGER)
@require_POST
def end(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """End a coupon, or take it again if ``back`` is posted."""
    coupon, ended = _find(request, theatre, pk), "back" not in request.POST
    end_coupon(theatre=theatre, pk=coupon.pk, ended=ended, user=request.user)
    text = _("“%(name)s” has ended.") if ended else _("“%(name)s” can be used again.")
    messages.success(request, text % {"name": coupon.name})
    return _back(theatre)


def _form(request: StaffRequest, theatre: Theatre, coupon: Coupon | None) -> CouponForm:
    data = request.POST if request.method == "POST" else None
    return CouponForm(data, theatre=theatre, coupon=coupon, owner=request.user.is_owner)


def _page(
    request: StaffRequest,
    theatre: Theatre,
    form: CouponForm,
    *,
    error: BusinessRuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"theatre": theatre, "coupon": form.coupon, "form": form, "error": error}
    return render(request, "staff/prices/coupon.html", context, status=status_of(error) if error else status)


def _find(request: StaffRequest, theatre: Theatre, pk: int) -> Coupon:
    """The coupon, if the user may change it."""
    coupon = or_404(coupon_at(theatre, pk))
    return or_404(coupon if coupon.theatre_id or request.user.is_owner else None)


def _back(theatre: Theatre) -> HttpResponse:
    return see_other(reverse("staff-prices-coupons", args=[theatre.slug]))
