"""HTTP status and Retry-After of broken rules."""

from math import ceil

from django.http import HttpResponse

from cinema.exceptions import (
    BusinessRuleViolation,
    DatabaseBusy,
    InvalidChoice,
    PaymentsUnavailable,
    RateLimited,
    TokenExpired,
    UnknownShow,
    UploadExpired,
    WebhookForged,
)

STATUS: dict[type[BusinessRuleViolation], int] = {
    UnknownShow: 404,
    UploadExpired: 404,
    InvalidChoice: 400,
    TokenExpired: 401,
    WebhookForged: 403,
    DatabaseBusy: 503,
    PaymentsUnavailable: 503,
    RateLimited: 429,
    BusinessRuleViolation: 409,
}


def status_of(error: BusinessRuleViolation) -> int:
    """Return the status of the nearest base class in STATUS: 400 for invalid requests, 409 for temporary conflicts."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def set_retry_after(response: HttpResponse, error: object) -> HttpResponse:
    """Set Retry-After (seconds) on the response to ``error`` if waiting helps."""
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(ceil(error.wait.total_seconds()))
    return response
