"""A person's data: shown, exported and erased by an owner on request. Email addresses are never in a URL."""

from itertools import islice

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.privacy.personal_data import EraseForm, PersonForm
from cinema.selectors.privacy.personal_data import person_by_email, personal_data, unfinished_tickets
from cinema.services.privacy.erasure import erase_person
from cinema.views.downloads import personal_data_file
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of

SHOWN = 50  # items of each kind


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest) -> HttpResponse:
    """The search form; a POST shows the data of an email address."""
    form = PersonForm(request.POST or None)
    if not form.is_valid():
        return render(
            request, "staff/legal/person.html", {"form": form}, status=400 if request.method == "POST" else 200
        )
    return _found(request, form.cleaned_data["email"])


@anywhere()
@require_POST
def person_export(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    form = PersonForm(request.POST)
    if not form.is_valid():
        return render(request, "staff/legal/person.html", {"form": form}, status=400)
    return personal_data_file(person_by_email(form.cleaned_data["email"]), by=request.user)


@anywhere()
@require_POST
def person_erase(request: StaffRequest) -> HttpResponse:
    form = EraseForm(request.POST, unfinished=True)
    if not form.is_valid():
        return _found(request, form.cleaned_data.get("email", ""), form, status=400)
    cleaned = form.cleaned_data
    try:
        erase_person(person=person_by_email(cleaned["email"]), by=request.user, insist=cleaned["insist"])
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return _found(request, cleaned["email"], form, status=status_of(error))
    messages.success(request, _("This person’s data has been erased."))
    return see_other("staff-legal-person")


def _found(request: StaffRequest, email: str, erase: EraseForm | None = None, *, status: int = 200) -> HttpResponse:
    who = person_by_email(email)
    parts = {name: list(islice(items, SHOWN + 1)) for name, items in personal_data(who).items()}
    unfinished = unfinished_tickets(who)
    if erase and not unfinished:
        erase.fields.pop("insist")
    context = {
        "form": PersonForm(initial={"email": email}),
        "email": email,
        "parts": {name: items for name, items in parts.items() if items},
        "shown": SHOWN,
        "unfinished": unfinished,
        "erase": erase or EraseForm(initial={"email": email}, unfinished=bool(unfinished)),
    }
    return render(request, "staff/legal/person.html", context, status=status)
