"""Vouchers for staff: issue a batch, download its codes, look one up, block them."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from cinema.domain import accounts
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.booking.booking import is_key
from cinema.forms.money.vouchers import VoucherBatchForm
from cinema.models import Theatre, VoucherBatch
from cinema.models.annotated import BatchWithFigures
from cinema.selectors.money import vouchers as selectors
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.vouchers import block_batch, block_voucher, issue_vouchers
from cinema.views.staff.access import at_theatre
from cinema.views.staff.downloads import send_sheets
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404, typed


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def vouchers(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The newest batches, or the vouchers that match a search."""
    asked = typed(request.GET, "q")
    before = request.GET.get("before", "")
    context = {"theatre": theatre, "asked": asked, "paged": before, "today": _today(theatre)}
    context["may_issue"] = request.staff_role.may(MANAGER)
    if asked:
        context["vouchers"] = selectors.find_vouchers(theatre, asked)
    else:
        context["page"] = selectors.batches_at(theatre, int(before) if is_key(before) else None)
    return render(request, "staff/vouchers/vouchers.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Issue a batch of vouchers."""
    data = request.POST if request.method == "POST" else None
    form = VoucherBatchForm(data, theatre=theatre, owner=request.user.is_owner)
    context = {"theatre": theatre, "form": form, "error": None}
    if not form.is_valid():
        return render(request, "staff/vouchers/add.html", context, status=400 if form.is_bound else 200)
    try:
        batch = issue_vouchers(theatre=theatre, plan=form.plan, user=request.user)
    except BusinessRuleViolation as error:
        context["error"] = error
        return render(request, "staff/vouchers/add.html", context, status=status_of(error))
    text = ngettext("%(n)d voucher was issued.", "%(n)d vouchers were issued.", batch.number)
    messages.success(request, text % {"n": batch.number})
    return see_other(_address(theatre, batch))


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def batch(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """A batch: its conditions, how its vouchers stand, and what they paid for."""
    found, today = or_404(selectors.batch_at(theatre, pk)), _today(theatre)
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    page = selectors.vouchers_in(found, today, state, int(after) if is_key(after) else 0)
    context = {"theatre": theatre, "batch": found, "today": today, "page": page, "paged": after}
    context |= {"counts": selectors.state_counts(found, today), "paid": selectors.paid_by(found)}
    context["state"] = state if state in selectors.State else ""
    context["account"] = accounts.vouchers(found.pk)
    context |= {"price_of_used": found.used * found.face_value, "may_change": _may_change(request, found)}
    return render(request, "staff/vouchers/batch.html", context)


@at_theatre(MANAGER)
@require_POST
def block(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Block all vouchers of a batch, or unblock them."""
    found, blocked = _own(request, theatre, pk), "unblock" not in request.POST
    block_batch(theatre=theatre, pk=found.pk, blocked=blocked, user=request.user)
    said = _("All vouchers of this batch are blocked.") if blocked else _("These vouchers can be used again.")
    messages.success(request, said)
    return see_other(_address(theatre, found))


@at_theatre(MANAGER)
@require_GET
def export(request: StaffRequest, theatre: Theatre, pk: int, format: str) -> HttpResponseBase:
    """The codes of a batch as a file."""
    found = _own(request, theatre, pk)
    sheet = selectors.voucher_sheet(found, theatre, _today(theatre))
    name = f"{slugify(f'{theatre.slug} vouchers {found.name}')}-{found.pk}"
    return send_sheets(request, name, format, [sheet], theatre)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def voucher(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """A voucher: how it stands, and the seat that it paid for."""
    found = or_404(selectors.voucher_at(theatre, pk))
    return render(
        request, "staff/vouchers/voucher.html", {"theatre": theatre, "voucher": found, "today": _today(theatre)}
    )


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def block_one(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Block a voucher, or unblock it."""
    found, blocked = or_404(selectors.voucher_at(theatre, pk)), "unblock" not in request.POST
    block_voucher(theatre=theatre, pk=found.pk, blocked=blocked, user=request.user)
    messages.success(request, _("The voucher is blocked.") if blocked else _("The voucher can be used again."))
    return see_other(reverse("staff-vouchers-voucher", args=[theatre.slug, found.pk]))


def _own(request: StaffRequest, theatre: Theatre, pk: int) -> BatchWithFigures:
    """The batch, if the user may change it and see its codes: one of all theatres is for owners."""
    found = or_404(selectors.batch_at(theatre, pk))
    return or_404(found if _may_change(request, found) else None)


def _may_change(request: StaffRequest, found: VoucherBatch) -> bool:
    return request.user.is_owner or (found.theatre_id is not None and request.staff_role.may(MANAGER))


def _today(theatre: Theatre) -> date:
    return timezone.now().astimezone(theatre.tz).date()


def _address(theatre: Theatre, found: VoucherBatch) -> str:
    return reverse("staff-vouchers-batch", args=[theatre.slug, found.pk])
