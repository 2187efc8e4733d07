"""Where the buyer returns to from the payment gateway, and where the gateway reports."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cinema.exceptions import RuleBroken
from cinema.models import Payment, Show, Ticket
from cinema.selectors.payments import payment_by_code, seats_of
from cinema.services.booking import pay_again
from cinema.services.payments import check_payment, receive_webhook, start_payment
from cinema.views.decorators import personal, see_other
from cinema.views.refusals import status_of

POLL_SECONDS = 2


@require_safe
@personal
def payment(request: HttpRequest, code: str) -> HttpResponse:
    """How the payment stands: leads on to the ticket once it is paid, waits, or says what to do next."""
    found = payment_by_code(code)
    if found is None:
        raise Http404
    settled = check_payment(payment=found)
    ticket = settled.ticket
    if settled.status == Payment.Status.SUCCESS and not settled.refund_reason:
        url = ticket.get_absolute_url()
        messages.success(request, _("Enjoy the film! The ticket also goes to %(email)s.") % {"email": ticket.email})
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    if settled.status == Payment.Status.PENDING and request.htmx:
        return HttpResponse(status=204)
    context = {
        "payment": settled,
        "ticket": ticket,
        "hold": ticket.hold,
        "show": found.ticket.show,
        "seats": seats_of(ticket),
        "may_try_again": ticket.status == Ticket.Status.PENDING and ticket.hold.lives_at(found.now),
        "is_mine": ticket.hold.buyer == request.buyer,
        "key": secrets.token_urlsafe(16),
        "poll_seconds": POLL_SECONDS,
    }
    return render(request, "public/payments/payment.html", context)


@require_POST
@personal
def ticket_payment(request: HttpRequest, code: str) -> HttpResponse:
    """Pay again for a ticket whose payment was declined, from any device that has its address."""
    try:
        payment = pay_again(code=code, key=request.POST.get("key") or secrets.token_urlsafe(16))
        return see_other(start_payment(payment=payment))
    except Ticket.DoesNotExist:
        raise Http404 from None
    except RuleBroken as error:
        messages.warning(request, str(error))
        return see_other(reverse("ticket", args=[code]))


@csrf_exempt
@require_POST
@personal
def payment_webhook(request: HttpRequest) -> JsonResponse:
    """A signed report of the gateway. Repeating it is harmless, so anything but a 2xx may be sent again."""
    try:
        receive_webhook(body=request.body, headers=request.headers)
    except Show.DoesNotExist:
        return JsonResponse({"error": _("There is no such payment.")}, status=404)
    except ValueError:
        return JsonResponse({"error": _("This message cannot be read.")}, status=400)
    except RuleBroken as error:
        return JsonResponse({"error": str(error)}, status=status_of(error))
    return JsonResponse({"received": True})
