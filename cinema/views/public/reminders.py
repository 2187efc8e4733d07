"""Stop the reminders to the email address of a ticket, by the link in one of them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cinema.mail.reminder_links import proves
from cinema.selectors.booking.reminders import has_stopped_reminders
from cinema.services.booking.reminders import allow_reminders, stop_reminders
from cinema.views.public.tickets import ticket_or_404
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_reminders(request: HtmxRequest, code: str, token: str) -> HttpResponse:
    """A page to stop reminders, or to allow them again. A GET changes nothing, since mail scanners follow links."""
    ticket = ticket_or_404(code)
    if not proves(token, ticket):
        raise Http404
    email = ticket.order.email
    if request.method == "POST":
        (allow_reminders if "again" in request.POST else stop_reminders)(email=email)
        return see_other(request.path)
    context = {"ticket": ticket, "email": email, "stopped": has_stopped_reminders(email)}
    return render(request, "public/tickets/reminders.html", context)
