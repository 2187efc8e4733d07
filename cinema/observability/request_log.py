"""The request log: each request gets an ID, one log line and an entry in the metrics."""

import logging
import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from cinema.exceptions.database import is_away
from cinema.observability import logs, metrics

logger = logging.getLogger("cinema.requests")


class RequestLogMiddleware:
    """The outermost middleware. Responses carry the request's ID as X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        if settings.METRICS_TOKEN and not settings.DEBUG and metrics.FOLDER not in os.environ:
            raise ImproperlyConfigured(
                f"METRICS_TOKEN is set, but not {metrics.FOLDER}. Give the server an empty folder in which its "
                "processes share their metrics, for example the output of: mktemp -d"
            )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        context = logs.read(request)
        token = logs.current_request.set(context)
        try:
            response = self.get_response(request)
            seconds = perf_counter() - started
            metrics.answered(context.route, response.status_code, seconds)
            log_response(context, response.status_code, seconds)
        finally:
            logs.current_request.reset(token)
        response["X-Request-ID"] = context.id
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if request.resolver_match:
            logs.current_request.get().route = request.resolver_match.view_name


def log_response(context: logs.RequestContext, status: int, seconds: float) -> None:
    """Write the log line of one request."""
    facts = {"status": status, "ms": round(seconds * 1000, 1)}
    logger.info("answered", extra={"context": context, "facts": facts})


@receiver(got_request_exception)
def log_failure(**signal: Any) -> None:
    """Log and count an unhandled exception; without its stack while the database is away and every request fails."""
    metrics.failed()
    if is_away(sys.exception()):
        logger.error("The database is away, or takes no changes.")
    else:
        logger.exception("A request failed.")
