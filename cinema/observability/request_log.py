"""Watching the requests: each has a name, leaves one line in the log, and is counted."""

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
    """Around everything else. The answer carries the request's name as X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        if settings.METRICS_TOKEN and not settings.DEBUG and metrics.FOLDER not in os.environ:
            raise ImproperlyConfigured(
                f"METRICS_TOKEN is set, but not {metrics.FOLDER}. Give the server an empty folder in which its "
                "processes add up what they count, for example the output of: mktemp -d"
            )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        asked = logs.read(request)
        token = logs.asked.set(asked)
        try:
            response = self.get_response(request)
            seconds = perf_counter() - started
            metrics.answered(asked.route, response.status_code, seconds)
            log_response(asked, response.status_code, seconds)
        finally:
            logs.asked.reset(token)
        response["X-Request-ID"] = asked.id
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        logs.asked.get().route = request.resolver_match.view_name


def log_response(asked: logs.RequestContext, status: int, seconds: float) -> None:
    """Write the line of one request."""
    answer = {"status": status, "ms": round(seconds * 1000, 1)}
    logger.info("answered", extra={"asked": asked, "answer": answer})


@receiver(got_request_exception)
def log_failure(**signal: Any) -> None:
    """Write down, and count, what no view expected; without a trace where the database fails all requests alike."""
    metrics.failed()
    if is_away(sys.exception()):
        logger.error("The database is away, or takes no changes.")
    else:
        logger.exception("A request failed.")
