"""Watch a booking: a page that shows how the layers work. Only with DEMO or DEBUG."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cinema.trace.booking import CannotTrace, watch_booking, watch_refusal
from cinema.trace.race import MOST_TURNS, NAMES, watch_race
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def trace(request: HtmxRequest) -> HttpResponse:
    """The page; a POST traces a booking, a rejected one, or a race with the ``turns`` of its two buyers."""
    context: dict[str, object] = {}
    try:
        match request.POST.get("watch"):
            case "booking":
                context = {"story": watch_booking(host=request.get_host().partition(":")[0])}
            case "refusal":
                context = {"story": watch_refusal()}
            case "race":
                turns = "".join(turn for turn in request.POST.get("turns", "") if turn in NAMES)[:MOST_TURNS]
                context = {"race": watch_race(turns)}
    except CannotTrace as error:
        return render(request, "public/trace/trace.html", {"error": error}, status=409)
    return render(request, "public/trace/trace.html", context)
