"""The state of a booking, for the program that made it."""

from django.http import JsonResponse
from django.utils.translation import gettext as _

from cinema.exceptions import PaymentsUnavailable
from cinema.models import Ticket
from cinema.models.codes import reference_in
from cinema.selectors.money.payments import payment_of_ticket
from cinema.services.booking.expiry import release_expired
from cinema.services.money.payments import check_payment
from cinema.views.api.bookings import start
from cinema.views.api.responses import error_response, json_view
from cinema.views.api.serializers import order_json, ticket_json
from cinema.web.http import SignedInRequest


@json_view("GET", "HEAD", token=True)
def ticket(request: SignedInRequest, reference: str) -> JsonResponse:
    """The ticket and its payment, after polling the provider and releasing the hold if it has expired."""
    found = payment_of_ticket(reference_in(reference), request.user)
    if found is None:
        return error_response(404, _("You have no ticket with this reference."))
    payment, hold = check_payment(payment=found), found.ticket.hold
    if payment.ticket.status == Ticket.Status.PENDING and not hold.is_active_at(found.now):
        release_expired(show_id=hold.show_id)
        payment.ticket.refresh_from_db(fields=["status"])
        payment.ticket.order.refresh_from_db(fields=["status"])
    try:
        payment_url = start(request, payment)
    except PaymentsUnavailable:
        payment_url = None  # the rest of the response is still correct
    shape = ticket_json(payment, found.ticket.lines, request.build_absolute_uri, payment_url)
    return JsonResponse({"ticket": shape, "order": order_json(payment.ticket)})
