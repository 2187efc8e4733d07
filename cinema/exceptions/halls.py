"""Exceptions of halls, screens and seat categories."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.models import Show


class HallInvalid(InvalidChoice):
    """A hall cannot be built like this; ``str()`` says where and why."""

    code = "hall_invalid"


class NameTaken(InvalidChoice):
    """Another screen or category of the theatre has that name."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(_("There is already one called “%(name)s”.") % {"name": name})


class ScreenInUse(BusinessRuleViolation):
    """A screen with future shows cannot be closed. ``shows`` is their number, drafts included."""

    code = "screen_in_use"

    def __init__(self, shows: int) -> None:
        self.shows = shows
        super().__init__(
            ngettext(
                "There is %(n)d upcoming show on this screen. Please move or cancel it first.",
                "There are %(n)d upcoming shows on this screen. Please move or cancel them first.",
                shows,
            )
            % {"n": shows}
        )


class CategoryInUse(BusinessRuleViolation):
    """A seat category that seats or prices use cannot be deleted."""

    code = "category_in_use"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(_("The category “%(name)s” has seats or prices, so it cannot be removed.") % {"name": name})


class ReportOutdated(BusinessRuleViolation):
    """Shows were planned on the screen since the report of a hall's change was read."""

    code = "report_outdated"

    def __init__(self) -> None:
        super().__init__(_("Shows have been planned on this screen in the meantime. Please check the preview again."))


class ShowCannotFollowHall(BusinessRuleViolation):
    """A show can no longer follow the hall's new plan: a removed seat was taken meanwhile, or a seat has no price."""

    code = "cannot_follow"

    def __init__(self, show: "Show") -> None:
        self.show = show
        super().__init__(
            _("“%(movie)s” cannot take the new plan any more. Please check the preview again.") % {"movie": show.title}
        )
