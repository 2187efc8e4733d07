"""Which HTTP status a broken rule has, and when to ask again."""

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
    """The status of the nearest kind: 400 for what never makes sense, 409 for what does not go now."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def say_when(response: HttpResponse, error: object) -> HttpResponse:
    """Add to the answer that tells of ``error`` after how many seconds to ask again, where waiting helps."""
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(ceil(error.wait.total_seconds()))
    return response
