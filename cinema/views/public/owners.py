"""Whether the visitor may cancel or change a ticket."""

from django.conf import settings
from django.http import HttpResponse

from cinema.exceptions import NotTheOwner
from cinema.forms.orders.tickets import OwnerForm
from cinema.models import Ticket
from cinema.selectors.booking.tickets import is_own
from cinema.services.orders.owners import prove_owner
from cinema.web.client_ip import client_ip
from cinema.web.http import HtmxRequest

COOKIE = f"{settings.COOKIE_PREFIX}owner"
MAX_AGE = 60 * 60  # seconds


def is_owner(request: HtmxRequest, ticket: Ticket) -> bool:
    """Whether the ticket belongs to the signed-in account, or the browser has opened the link mailed to its buyer."""
    if request.user.is_authenticated and is_own(ticket, request.user):
        return True
    return request.get_signed_cookie(COOKIE, default="", max_age=MAX_AGE) == ticket.code


def remember_owner(response: HttpResponse, ticket: Ticket) -> None:
    """Set the cookie that proves ownership for MAX_AGE seconds."""
    response.set_signed_cookie(
        COOKIE, ticket.code, max_age=MAX_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def is_proven(request: HtmxRequest, form: OwnerForm) -> bool:
    """Whether the form is valid and proves ownership; if not, it has the error. Raises TooManyWrongEmails."""
    if form.is_valid() and "email" in form.fields:
        try:
            prove_owner(ticket=form.ticket, email=form.cleaned_data["email"], client_ip=client_ip(request))
        except NotTheOwner as error:
            form.add_error("email", str(error))
    return form.is_valid()
