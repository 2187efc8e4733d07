"""The state of a booking, for the program that made it."""

from django.http import JsonResponse
from django.utils.translation import gettext as _

from cinema.models import Ticket
from cinema.models.codes import reference_in
from cinema.selectors.money.payments import payment_of_ticket
from cinema.services.booking.expiry import release_expired
from cinema.services.money.payments import check_payment
from cinema.views.api.bookings import payment_url
from cinema.views.api.responses import error_response, json_view
from cinema.views.api.serializers import order_json, ticket_json
from cinema.web.http import SignedInRequest


@json_view("GET", "HEAD", token=True)
def ticket(request: SignedInRequest, reference: str) -> JsonResponse:
    """The ticket and its payment, after polling the provider and releasing the hold if it has expired."""
    reference = reference_in(reference)
    found = payment_of_ticket(reference, request.user)
    if found and check_payment(payment=found) is not found:
        found = payment_of_ticket(reference, request.user)
    if found is None:
        return error_response(404, _("You have no ticket with this reference."))
    booked = next(ticket for ticket in found.order.ticket_list if ticket.reference == reference)
    if booked.status == Ticket.Status.PENDING and not booked.hold.is_active_at(found.now):
        release_expired(show_id=booked.show_id)
        booked.refresh_from_db(fields=["status"])
        found.order.refresh_from_db(fields=["status"])
    url = payment_url(request, found)  # first, since it confirms what costs nothing
    shape = ticket_json(found, booked, request.build_absolute_uri, url)
    return JsonResponse({"ticket": shape, "order": order_json(found.order, booked.show.screen.theatre)})
