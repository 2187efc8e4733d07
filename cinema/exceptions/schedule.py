"""Exceptions of planning, publishing and changing shows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.clock import written_time
from cinema.domain.dates import shown_date
from cinema.domain.lists import and_list
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from datetime import datetime

    from cinema.models import Movie, PrivateHire, Screen, Show


def _when(moment: "datetime") -> dict[str, str]:
    return {"time": written_time(moment), "day": shown_date(moment, "l j F Y")}


def _overlap(film: "Show", following: "Show | PrivateHire") -> dict[str, object]:
    """The start of a show, and what follows it too early on its screen, for a sentence about both."""
    tz = following.screen.theatre.tz
    place: dict[str, object] = {"theatre": following.screen.theatre, "screen": following.screen}
    return {**place, **_when(film.starts_at.astimezone(tz)), "next": written_time(following.starts_at.astimezone(tz))}


class ScreenTaken(BusinessRuleViolation):
    """The screen is taken at that time by ``other``: a show, a draft or a private hire, loaded with its theatre."""

    code = "overlap"

    def __init__(self, other: "Show | PrivateHire", text: str, **more: object) -> None:
        tz = other.screen.theatre.tz
        start, end = other.starts_at.astimezone(tz), other.ends_at.astimezone(tz)
        super().__init__(text % {"screen": other.screen, "end": written_time(end), **_when(start), **more})


class Overlap(ScreenTaken):
    """Another show or draft is on the screen at that time. ``show`` is the other one, with its film and theatre."""

    def __init__(self, show: "Show") -> None:
        self.show = show
        text = _("“%(movie)s” is already on %(screen)s from %(time)s to %(end)s on %(day)s.")
        super().__init__(show, text, movie=show.title)


class ScreenHired(ScreenTaken):
    """The screen is hired privately at that time. ``hire`` is loaded with its theatre."""

    code = "screen_hired"

    def __init__(self, hire: "PrivateHire") -> None:
        self.hire = hire
        super().__init__(hire, _("%(screen)s is hired privately from %(time)s to %(end)s on %(day)s."))


class RunsIntoHire(ScreenHired):
    """With the new runtime the show ``film`` would run into ``hire``."""

    code = "runs_into_hire"

    def __init__(self, film: "Show", hire: "PrivateHire") -> None:
        super().__init__(hire)
        self.film = film
        text = _(
            "With this runtime, the show on %(day)s at %(time)s (%(theatre)s, %(screen)s) would overlap the private "
            "hire at %(next)s. Please move one of them first."
        )
        self.args = (text % _overlap(film, hire),)


class HireBegun(BusinessRuleViolation):
    """A private hire that has begun cannot be deleted."""

    code = "hire_begun"

    def __init__(self) -> None:
        super().__init__(_("This hire has begun, so it stays in the list. You can change its price to 0."))


class HireEndsBeforeStart(InvalidChoice):
    """A private hire would end before it begins."""

    code = "hire_ends_before_start"

    def __init__(self) -> None:
        super().__init__(_("The end is before the start."))


class RunsIntoNext(Overlap):
    """With the new runtime the show ``film`` would overlap ``show``, the next one on its screen."""

    code = "runs_into_next"

    def __init__(self, film: "Show", show: "Show") -> None:
        super().__init__(show)
        self.film = film
        text = _(
            "With this runtime, the show on %(day)s at %(time)s (%(theatre)s, %(screen)s) would overlap "
            "“%(movie)s” at %(next)s. Please move one of them first."
        )
        self.args = (text % {"movie": show.title, **_overlap(film, show)},)


class PriceMissing(InvalidChoice):
    """The show has no price for ``categories`` (names) of its screen; empty if it has no price card."""

    code = "price_missing"

    def __init__(self, categories: Sequence[str]) -> None:
        self.categories = list(categories)
        text = _("There is no price for %(categories)s.") % {"categories": and_list(self.categories)}
        super().__init__(text if self.categories else _("It has no price card."))


class NonexistentLocalTime(InvalidChoice):
    """The clocks go forward over this time of day. ``local`` is the requested time, without a zone."""

    code = "no_such_time"

    def __init__(self, local: "datetime") -> None:
        self.local = local
        super().__init__(_("There is no %(time)s on %(day)s, because the clocks go forward then.") % _when(local))


class AmbiguousLocalTime(InvalidChoice):
    """The clocks go back, so that this time of day occurs twice: at ``first`` and at ``second``, both in UTC."""

    code = "time_twice"

    def __init__(self, local: "datetime", first: "datetime", second: "datetime") -> None:
        self.local, self.first, self.second = local, first, second
        text = _("The clocks go back on %(day)s, so %(time)s occurs twice. Please choose the first or the second.")
        super().__init__(text % _when(local))


class TimeInThePast(InvalidChoice):
    """A show cannot begin in the past."""

    code = "time_over"

    def __init__(self) -> None:
        super().__init__(_("This time is in the past."))


class FilmRetired(InvalidChoice):
    code = "film_retired"

    def __init__(self, movie: "Movie") -> None:
        super().__init__(_("“%(movie)s” is retired.") % {"movie": movie})


class FilmTwice(InvalidChoice):
    """A show would have one film twice."""

    code = "film_twice"

    def __init__(self, movie: "Movie") -> None:
        super().__init__(_("“%(movie)s” is in this show twice. Please choose each film once.") % {"movie": movie})


class SharesTooLarge(InvalidChoice):
    """The shares of the further films of a show add up to more than 100 percent."""

    code = "shares_too_large"

    def __init__(self) -> None:
        super().__init__(_("The shares of the further films add up to more than 100%."))


class ScreenClosed(InvalidChoice):
    code = "screen_closed"

    def __init__(self, screen: "Screen") -> None:
        super().__init__(_("%(screen)s is closed.") % {"screen": screen})


class NoSeatsInHall(InvalidChoice):
    code = "no_seats_in_hall"

    def __init__(self, screen: "Screen") -> None:
        super().__init__(_("%(screen)s has no seats.") % {"screen": screen})


class NeverOnSale(InvalidChoice):
    """The sale of a show would begin when it is over."""

    code = "never_on_sale"

    def __init__(self) -> None:
        super().__init__(_("Sales would start after they end. Please choose an earlier start or a later end."))


class ShowNotEditable(BusinessRuleViolation):
    """The show has begun, is over, or was cancelled, so its plan can no longer change."""

    code = "show_settled"

    def __init__(self, show: "Show") -> None:
        cancelled = show.status == show.Status.CANCELLED
        super().__init__(
            _("This show was cancelled and cannot be changed any more.")
            if cancelled
            else _("This show has started and cannot be changed any more.")
        )


class ShowSold(BusinessRuleViolation):
    """Buyers have bought ``sold`` seats or hold some, so what they chose cannot change."""

    code = "show_sold"

    def __init__(self, sold: int) -> None:
        self.sold = sold
        text = ngettext(
            "%(number)d seat is sold. Before you change this show, please move its buyer to another one, or cancel it.",
            "%(number)d seats are sold. Before you change this show, please move their buyers to another one, or "
            "cancel it.",
            sold,
        )
        busy = _("Someone is buying seats for this show at the moment. Please try again in a few minutes.")
        super().__init__(text % {"number": sold} if sold else busy)


class ShowHasHistory(BusinessRuleViolation):
    """Seats of the show were held, sold or taken off sale before, so its ledger must be kept."""

    code = "show_has_past"

    def __init__(self, *, only_blocked: bool = False) -> None:
        super().__init__(
            _(
                "Seats of this show have been blocked, so it has to stay on its screen. You can change its day and "
                "time, or cancel it."
            )
            if only_blocked
            else _(
                "Seats of this show have been held, sold or blocked, so it has to stay on its day and screen. You can "
                "change its time, or cancel it."
            )
        )


class NotPublishable(BusinessRuleViolation):
    """Drafts that cannot be published as they are. ``problems`` are the shows with their reasons, in order."""

    code = "not_publishable"

    def __init__(self, problems: "Sequence[tuple[Show, BusinessRuleViolation]]") -> None:
        self.problems = list(problems)
        text = ngettext(
            "Nothing was published: %(number)d show is not ready.",
            "Nothing was published: %(number)d shows are not ready.",
            len(self.problems),
        )
        super().__init__(text % {"number": len(self.problems)})
