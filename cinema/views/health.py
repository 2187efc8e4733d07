"""Probes and metrics for operators."""

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from cinema.observability.metrics import exposition
from cinema.selectors.core.health import backlogs, failing, queues
from cinema.web.errors import RETRY_AFTER
from cinema.web.http import HtmxRequest


@require_safe
@never_cache
def healthz(request: HtmxRequest) -> HttpResponse:
    """Liveness: the process responds. It does not check the database, for which a restart would not help."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HtmxRequest) -> JsonResponse:
    """Readiness: 503 while pages cannot be served, with the names of the failed checks."""
    found = failing()
    response = JsonResponse({"ready": not found, "failing": found}, status=503 if found else 200)
    if found:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


@require_safe
@never_cache
def metrics(request: HtmxRequest) -> HttpResponse:
    """Metrics for Prometheus, for clients that send METRICS_TOKEN. Without the database the queues are left out."""
    said = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(said, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    try:
        waiting, overdue = queues(), backlogs()
    except Error:
        waiting, overdue = {}, {}
    return HttpResponse(exposition(waiting, overdue), content_type=CONTENT_TYPE_LATEST)
