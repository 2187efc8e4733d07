"""Where the buyer returns to from the payment gateway, and where the gateway reports."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cinema.exceptions import RuleBroken
from cinema.models import Hold, Payment, Show, Ticket
from cinema.selectors.payments import payment_by_code
from cinema.services.payments import check_payment, receive_webhook
from cinema.views.decorators import personal
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
    if settled.status == Payment.Status.SUCCESS and ticket.status == Ticket.Status.CONFIRMED:
        url = ticket.get_absolute_url()
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    hold = ticket.hold
    context = {
        "payment": settled,
        "ticket": ticket,
        "hold": hold,
        "show": found.ticket.show,
        "may_try_again": hold.status == Hold.Status.ACTIVE and hold.expires_at > found.now,
        "poll_seconds": POLL_SECONDS,
    }
    return render(request, "public/payments/payment.html", context)


@csrf_exempt
@require_POST
def payment_webhook(request: HttpRequest) -> JsonResponse:
    """A signed report of the gateway. Repeating it is harmless, so anything but a 2xx may be sent again."""
    try:
        receive_webhook(body=request.body, headers=request.headers)
    except Show.DoesNotExist:
        return JsonResponse({"error": "There is no such payment."}, status=404)
    except ValueError:
        return JsonResponse({"error": "This message cannot be read."}, status=400)
    except RuleBroken as error:
        return JsonResponse({"error": str(error)}, status=status_of(error))
    return JsonResponse({"received": True})
