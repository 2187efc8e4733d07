"""Sellers who share a browser: it is set up once, then each signs on by PIN, and it is locked between them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.people.people import SignOnForm
from cinema.models import SharedBrowser, Theatre
from cinema.selectors.people.pins import sellers_at
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.people import shared_browsers as services
from cinema.views.staff.access import at_shared_till, at_theatre
from cinema.web import sessions, shared
from cinema.web.client_ip import client_ip
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def share(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Sign out, and let sellers sign on in this browser by PIN."""
    if not sellers_at(theatre).exists():
        messages.error(request, _("Nobody has a PIN yet. Please set yours first."))
        return see_other(reverse("staff-tills-pin", args=[theatre.slug]))
    response = see_other(reverse("staff-sell-sign-on", args=[theatre.slug]))
    if not shared.shared_at(request):
        shared.share(request, theatre, request.user)
        response["Clear-Site-Data"] = sessions.CLEARED
    return response


@at_shared_till(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_on(request: StaffRequest, browser: SharedBrowser) -> HttpResponse:
    """Sign on by PIN. In the dialog of a locked page, tell the page that it is unlocked."""
    form = SignOnForm(request.POST or None, theatre=browser.theatre, last=browser.last_seller_id)
    if not form.is_valid():
        return _page(request, browser.theatre, form, 400 if form.errors else 200)
    user, pin = form.cleaned_data["seller"], form.cleaned_data["pin"]
    try:
        services.sign_on(browser=browser, user=user, pin=pin, client_ip=client_ip(request))
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return _page(request, browser.theatre, form, status_of(error))
    if not request.htmx:
        return see_other(_next(request, browser.theatre))
    fresh = _page(request, browser.theatre, SignOnForm(theatre=browser.theatre, last=user.pk), seller=user)
    return trigger_client_event(fresh, "till-unlocked")


@at_shared_till(MANAGER, BOX_OFFICE)
@require_POST
def lock(request: StaffRequest, browser: SharedBrowser) -> HttpResponse:
    """Lock the browser until somebody signs on."""
    services.lock_browser(browser=browser)
    return HttpResponse(status=204) if request.htmx else see_other(_next(request, browser.theatre))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def present(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Somebody presses keys or touches the screen, which keeps it unlocked: see web.shared.seller()."""
    return HttpResponse(status=204)


def _page(request: StaffRequest, theatre: Theatre, form: SignOnForm, status: int = 200, **more: object) -> HttpResponse:
    context = {"theatre": theatre, "form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "staff/counter/sign_on.html", context | more, status=status)


def _next(request: StaffRequest, theatre: Theatre) -> str:
    """The page of ours that was asked for when the browser was locked, else the counter."""
    url = request.POST.get("next", "")
    is_ours = url.startswith(f"/staff/theatres/{theatre.slug}/") and url_has_allowed_host_and_scheme(url, None)
    return url if is_ours else reverse("staff-sell", args=[theatre.slug])
