"""What all broken rules have in common, and the two that belong to no subject."""

from django.utils.translation import gettext as _


class RuleBroken(Exception):
    """A request that makes sense but that a rule forbids. ``str()`` is a sentence for the person who asked."""

    code = "refused"
    counted = False  # by cinema.metrics


class InvalidChoice(RuleBroken):
    """What was asked for makes no sense at any time; asking again will not help."""


class DatabaseBusy(RuleBroken):
    """The database did not answer in time. Nothing was changed; trying again is safe."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("We are very busy right now and could not finish. Nothing was changed; please try again."))


class RequestUnreadable(InvalidChoice):
    """A program's request cannot be read; ``str()`` says what about it."""

    code = "unreadable"
