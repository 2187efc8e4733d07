"""Shows that cannot be planned like this."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cinema.exceptions.base import InvalidChoice, RuleBroken

if TYPE_CHECKING:
    from datetime import datetime

    from cinema.models import Show


class Overlap(RuleBroken):
    """Another show is on the screen at that time. ``show`` is the other one."""

    code = "overlap"

    def __init__(self, show: "Show") -> None:
        self.show = show
        super().__init__(_("“%(movie)s” is on this screen at that time.") % {"movie": show.movie})


class RunsIntoNext(Overlap):
    """With another runtime a planned ``film`` would not be over when the next ``show`` on its screen starts."""

    code = "runs_into_next"

    def __init__(self, film: "Show", show: "Show") -> None:
        super().__init__(show)
        self.film = film
        theatre = show.screen.theatre
        begins, next_begins = (one.starts_at.astimezone(theatre.tz) for one in (film, show))
        self.args = (
            _(
                "With this runtime the show on %(day)s at %(time)s (%(theatre)s, %(screen)s) would run into "
                "“%(movie)s” at %(next)s. Move one of them first."
            )
            % {
                "day": date_format(begins, "l j F Y"),
                "time": f"{begins:%H:%M}",
                "theatre": theatre,
                "screen": show.screen,
                "movie": show.movie,
                "next": f"{next_begins:%H:%M}",
            },
        )


class PriceMissing(InvalidChoice):
    """A seat category of the screen has no price for the show. ``categories`` are their names."""

    code = "price_missing"

    def __init__(self, categories: Sequence[str]) -> None:
        self.categories = list(categories)
        super().__init__(_("No price is set for: %(categories)s.") % {"categories": ", ".join(self.categories)})


class NoSuchTime(InvalidChoice):
    """The clocks go forward over this time of day. ``local`` is the time as asked for, without a zone."""

    code = "no_such_time"

    def __init__(self, local: "datetime") -> None:
        self.local = local
        super().__init__(
            _("There is no %(time)s on %(day)s: the clocks go forward then.")
            % {"time": f"{local:%H:%M}", "day": f"{local:%Y-%m-%d}"}
        )
