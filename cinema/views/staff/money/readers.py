"""The card reader of a till."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.exceptions import PaymentsUnavailable
from cinema.forms.money.tills import ReaderForm
from cinema.models import Theatre
from cinema.selectors.money.tills import till_at
from cinema.selectors.people.staff import MANAGER
from cinema.services.money.till_payments import card_readers, choose_reader
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def reader(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Choose a card reader of the payment provider for a till, or none."""
    till = or_404(till_at(theatre, pk))
    context: dict[str, Any] = {"theatre": theatre, "till": till}
    try:
        readers = card_readers()
    except PaymentsUnavailable:
        context["error"] = _("The payment provider does not list its card readers at the moment. Please try again.")
        return render(request, "staff/tills/reader.html", context)
    form = ReaderForm(request.POST or None, readers=readers, initial={"reader": till.reader})
    if form.is_valid():
        choose_reader(theatre=theatre, pk=till.pk, reader=form.chosen, by=request.user)
        messages.success(request, _("The till is saved."))
        return see_other(till)
    context["form"] = form
    return render(request, "staff/tills/reader.html", context, status=400 if form.errors else 200)
