"""What all broken rules have in common, and those that belong to no subject."""

from datetime import timedelta
from math import ceil

from django.utils.translation import gettext as _


class BusinessRuleViolation(Exception):
    """A request that makes sense but that a rule forbids. ``str()`` is a sentence for the person who asked."""

    code = "refused"
    counted = False  # by cinema.observability.metrics


class InvalidChoice(BusinessRuleViolation):
    """What was asked for makes no sense at any time; asking again will not help."""


class DatabaseBusy(BusinessRuleViolation):
    """The database did not answer in time. Nothing was changed; trying again is safe."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("We’re very busy right now. Nothing was changed; please try again."))


class RateLimited(BusinessRuleViolation):
    """Asked for more often than it may be; after ``wait`` it can be had again, which ``sentence`` tells in
    ``minutes``."""

    code = "too_often"

    def __init__(self, sentence: str, wait: timedelta, **more: object) -> None:
        self.wait = wait
        super().__init__(sentence % {"minutes": ceil(wait / timedelta(minutes=1)), **more})


class RequestUnreadable(InvalidChoice):
    """A program's request cannot be read; ``str()`` says what about it."""

    code = "unreadable"
