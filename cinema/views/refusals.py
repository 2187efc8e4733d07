"""Which HTTP status a broken rule has."""

from cinema.exceptions import (
    DatabaseBusy,
    InvalidChoice,
    PaymentsUnavailable,
    RuleBroken,
    UnknownShow,
    UploadGone,
    WebhookForged,
)

STATUS: dict[type[RuleBroken], int] = {
    UnknownShow: 404,
    UploadGone: 404,
    InvalidChoice: 400,
    WebhookForged: 403,
    DatabaseBusy: 503,
    PaymentsUnavailable: 503,
    RuleBroken: 409,
}


def status_of(error: RuleBroken) -> int:
    """The status of the nearest kind: 400 for what never makes sense, 409 for what does not go now."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
