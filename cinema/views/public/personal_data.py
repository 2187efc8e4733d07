"""Downloading one's own data, and deleting one's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.exceptions import BusinessRuleViolation, TooManyWrongPasswords, WrongPassword
from cinema.forms.people.accounts import OwnPasswordForm
from cinema.forms.privacy.personal_data import DeleteAccountForm
from cinema.selectors.privacy.personal_data import DataSubject, unfinished_tickets
from cinema.services.people.passwords import prove_password
from cinema.services.privacy.erasure import erase_person
from cinema.views.downloads import personal_data_file
from cinema.web import sessions
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import SignedInRequest
from cinema.web.refusals import set_retry_after, status_of


@personal
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_export(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """Send all data as one file after checking the password."""
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _prove(request, form)
            return personal_data_file(_person(request), by=request.user)
        except (WrongPassword, TooManyWrongPasswords) as error:
            return _refuse(request, "public/accounts/export.html", {"form": form}, error, "password")
    status = 400 if request.method == "POST" else 200
    return render(request, "public/accounts/export.html", {"form": form}, status=status)


@personal
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request: SignedInRequest) -> HttpResponse:
    """Delete the account and erase its owner's data after checking the password."""
    unfinished = unfinished_tickets(_person(request))
    form = DeleteAccountForm(request.POST or None, unfinished=bool(unfinished))
    page = "public/accounts/delete.html", {"form": form, "unfinished": unfinished}
    if request.method != "POST":
        return render(request, *page)
    if not form.is_valid():
        return render(request, *page, status=400)
    try:
        _prove(request, form)
        insist = form.cleaned_data.get("insist", False)
        erase_person(person=_person(request), by=request.user, insist=insist)
    except (WrongPassword, TooManyWrongPasswords) as error:
        return _refuse(request, *page, error, "password")
    except BusinessRuleViolation as error:
        return _refuse(request, *page, error, None)
    logout(request)
    request.buyer = ""
    messages.success(request, _("Your account and your data have been deleted."))
    response = see_other("programme")
    response["Clear-Site-Data"] = sessions.CLEARED
    return response


def _person(request: SignedInRequest) -> DataSubject:
    return DataSubject(request.user.email, request.user)


def _prove(request: SignedInRequest, form: OwnPasswordForm) -> None:
    prove_password(user=request.user, password=form.cleaned_data["password"], client_ip=client_ip(request))


def _refuse(
    request: SignedInRequest, template: str, context: dict[str, Any], error: BusinessRuleViolation, field: str | None
) -> HttpResponse:
    context["form"].add_error(field, str(error))
    return set_retry_after(render(request, template, context, status=status_of(error)), error)
