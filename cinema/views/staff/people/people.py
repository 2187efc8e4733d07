"""The staff of a theatre: list, add by email, give and take roles."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cinema.domain.lists import and_list, sentences
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.people.people import AddStaffForm, NewPinForm, RoleForm
from cinema.models import StaffRole, Theatre
from cinema.selectors.people.people import owners, people_at, person_at
from cinema.selectors.people.staff import MANAGER
from cinema.services.people.people import Appointed, give_roles, invite_again, take_role
from cinema.services.people.pins import set_pin
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The staff of the theatre. A POST gives roles to an email address."""
    form = AddStaffForm(request.POST if request.method == "POST" else None, owner=request.user.is_owner)
    if request.method != "POST":
        return people_page(request, theatre, form)
    if not form.is_valid():
        return people_page(request, theatre, form, status=400)
    try:
        appointed = give_roles(theatre=theatre, by=request.user, **form.cleaned_data)
    except BusinessRuleViolation as error:
        form.add_error("email", str(error))
        return people_page(request, theatre, form, status=status_of(error))
    messages.success(request, appointed_message(appointed))
    return see_other(reverse("staff-people", args=[theatre.slug]))


def appointed_message(appointed: Appointed) -> str:
    """The message after roles were given."""
    cleaned = {"name": appointed.user, "email": appointed.user.email}
    if appointed.roles:
        cleaned["roles"] = and_list(StaffRole.Role(role).label for role in appointed.roles)
        text = _("%(name)s now works here as %(roles)s.") % cleaned
    else:
        text = _("%(name)s already has this role here.") % cleaned
    link = _("A link to choose a password is on its way to %(email)s.") % cleaned if appointed.invited else ""
    return sentences([text, link])


@at_theatre(MANAGER)
@require_POST
def people_take(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Take one role from a user."""
    person, form = or_404(person_at(theatre, pk)), RoleForm(request.POST)
    if not form.is_valid():
        return people_page(request, theatre, status=400, refusal=_("There is no such role."))
    role = form.cleaned_data["role"]
    try:
        take_role(theatre=theatre, user_id=pk, role=role, by=request.user)
    except BusinessRuleViolation as error:
        return people_page(request, theatre, status=status_of(error), refusal=str(error))
    cleaned = {"name": person, "role": StaffRole.Role(role).label}
    messages.success(request, _("%(name)s no longer works here as %(role)s.") % cleaned)
    return see_other(reverse("staff-people", args=[theatre.slug]))


@at_theatre(MANAGER)
@require_POST
def people_invite(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Send the invitation again to a user without a password."""
    person = or_404(person_at(theatre, pk))
    if invite_again(theatre=theatre, user=person, by=request.user):
        messages.success(
            request, _("A link to choose a password is on its way to %(email)s.") % {"email": person.email}
        )
    else:
        messages.error(request, _("%(name)s has already chosen a password, so no link was sent.") % {"name": person})
    return see_other(reverse("staff-people", args=[theatre.slug]))


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def people_pin(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Set the PIN of somebody who works here. That of an owner is set by themselves only."""
    person, form = or_404(person_at(theatre, pk)), NewPinForm(request.POST or None)
    if form.is_valid():
        set_pin(theatre=theatre, user=person, pin=form.cleaned_data["pin"], by=request.user)
        messages.success(request, _("The PIN of %(name)s is set.") % {"name": person})
        return see_other(reverse("staff-people", args=[theatre.slug]))
    context = {"theatre": theatre, "form": form, "person": person}
    return render(request, "staff/tills/pin.html", context, status=400 if form.errors else 200)


def people_page(
    request: StaffRequest, theatre: Theatre, form: AddStaffForm | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "theatre": theatre,
        "people": people_at(theatre),
        "owners": owners(),
        "form": form or AddStaffForm(owner=request.user.is_owner),
        "manager": MANAGER,
    }
    return render(request, "staff/people/people.html", context | more, status=status)
