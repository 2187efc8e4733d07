"""What receipt printers ask for, by Star CloudPRNT: https://star-m.jp/products/s_print/sdk/StarCloudPRNT/manual/en/

A printer posts its status every few seconds, gets a job that is ready, and deletes it when it is printed. It has no
session and no cookie; the secret in its address is all that it knows.
"""

import json
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cinema.exceptions import RateLimited
from cinema.exports.slip_png import slip_png
from cinema.models import FailedTry
from cinema.models.annotated import PrinterNow
from cinema.models.translations import direction_of
from cinema.selectors.money.printers import printer_with
from cinema.selectors.orders.slips import language_of, slip_of
from cinema.services.money import print_jobs
from cinema.services.money.receipts import issue_receipts
from cinema.services.people.failed_tries import count_try
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import typed

PNG = "image/png"
LARGEST_BODY = 16 * 1024  # bytes; a status is some hundred
LONGEST_STATUS = 60
CUT = {"X-Star-Cut": "partial; feed=true", "X-Star-ImageDitherPattern": "none"}


@csrf_exempt
@require_http_methods(["GET", "POST", "DELETE"])
@personal
def printer(request: HtmxRequest, secret: str) -> HttpResponse:
    """The one address of a printer. An unknown one is 404, and 429 once the network has tried too many."""
    if found := printer_with(secret):
        act = {"POST": _polled, "GET": _fetched, "DELETE": _confirmed}[request.method or ""]
        return act(request, found)
    try:
        count_try(kind=FailedTry.Kind.TOKEN, client_ip=client_ip(request), right=False)
    except RateLimited as error:
        return set_retry_after(HttpResponse(status=status_of(error)), error)
    return HttpResponse(status=404)


vars(printer)["largest_body"] = LARGEST_BODY


def _polled(request: HtmxRequest, printer: PrinterNow) -> HttpResponse:
    """The printer says how it is; the answer says whether a job is ready, in which format and under which name."""
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    if not isinstance(said, dict):
        return HttpResponse(status=400)
    job = print_jobs.poll(
        printer=printer, status=_status(said.get("statusCode")), printing=said.get("printingInProgress") is True
    )
    if job is None:
        return JsonResponse({"jobReady": False})
    return JsonResponse({"jobReady": True, "mediaTypes": [PNG], "jobToken": job.code, "deleteMethod": "DELETE"})


def _fetched(request: HtmxRequest, printer: PrinterNow) -> HttpResponse:
    """The job as a picture, once, and what the printer does besides."""
    if typed(request.GET, "type") not in ("", PNG):
        return HttpResponse(status=415)
    job = print_jobs.fetch(printer=printer, code=typed(request.GET, "token"))
    if job is None:
        return HttpResponse(status=404)
    if job.order_id:
        issue_receipts(order_id=job.order_id)
    headers = CUT | ({"X-Star-CashDrawer": "start"} if print_jobs.opens_drawer(job=job, printer=printer) else {})
    picture = slip_png(slip_of(job), right_to_left=direction_of(language_of(job)) == "rtl")
    return HttpResponse(picture, content_type=PNG, headers=headers)


def _confirmed(request: HtmxRequest, printer: PrinterNow) -> HttpResponse:
    """The printer says what became of a job: a code that begins with 2, or just “OK”, means that it is printed."""
    code = _status(typed(request.GET, "code"))
    printed = code.startswith("2") or code.upper() == "OK"
    known = print_jobs.confirm(printer=printer, code=typed(request.GET, "token"), printed=printed)
    return HttpResponse(status=200 if known else 404)


def _status(said: Any) -> str:
    """A status like “200%20OK”, which printers encode for URLs wherever they send it."""
    text = unquote(said) if isinstance(said, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_STATUS]
