"""The base of all broken rules, and exceptions that belong to no subject."""

from datetime import timedelta
from math import ceil

from django.utils.translation import gettext as _


class BusinessRuleViolation(Exception):
    """A valid request that a rule forbids. ``str()`` is a sentence for the user."""

    code = "refused"
    counted = False  # by cinema.observability.metrics


class InvalidChoice(BusinessRuleViolation):
    """A request that is invalid at any time; repeating it does not help."""


class DatabaseBusy(BusinessRuleViolation):
    """The database did not answer in time. Nothing was changed; trying again is safe."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("We’re very busy right now. Nothing was changed; please try again."))


class RateLimited(BusinessRuleViolation):
    """Too many requests of one kind; they are allowed again after ``wait``. ``sentence`` contains ``minutes``."""

    code = "too_often"

    def __init__(self, sentence: str, wait: timedelta, **more: object) -> None:
        self.wait = wait
        super().__init__(sentence % {"minutes": ceil(wait / timedelta(minutes=1)), **more})


class RequestUnreadable(InvalidChoice):
    """An API request cannot be parsed; ``str()`` says why."""

    code = "unreadable"


class PictureUnusable(InvalidChoice):
    """An uploaded file cannot be used as a picture. ``str()`` says why, and what can be used."""

    code = "picture_unusable"
