"""The test gateway's own page, where a real provider would ask for the card. Only the demo and tests have it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cinema.gateways.base import Result
from cinema.gateways.sandbox import LATE_BY, charge_by_reference, decide
from cinema.models import PaymentMode
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404

DECISIONS: dict[str, tuple[Result, bool]] = {
    "pay": (Result.PAID, False),
    "late": (Result.PAID, True),
    "decline": (Result.DECLINED, False),
}


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def sandbox(request: HtmxRequest, reference: str) -> HttpResponse:
    """Choose the result: pay, decline, pay but report late, or close the window; then return to the cinema."""
    result, late = DECISIONS.get(request.POST.get("decision", ""), (None, False))
    charge = or_404(decide(reference=reference, result=result, late=late) if result else charge_by_reference(reference))
    if request.method == "POST":
        return see_other(charge.return_path)
    context = {"charge": charge, "mode": PaymentMode(charge.mode).label, "late_by": int(LATE_BY.total_seconds())}
    return render(request, "public/payments/sandbox.html", context)
