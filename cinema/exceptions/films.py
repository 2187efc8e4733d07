"""Exceptions of films, posters and imported tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cinema.domain.lists import listed, sentences
from cinema.domain.numbers import format_number
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.models import Movie, Season


class FilmExists(BusinessRuleViolation):
    """The library has a film of this title and year already: ``movie``."""

    code = "film_exists"

    def __init__(self, movie: "Movie") -> None:
        self.movie = movie
        text = (
            _("“%(title)s” (%(year)s) is already in the library.")
            if movie.year
            else _("“%(title)s” is already in the library. If this is another film, enter its year.")
        )
        super().__init__(text % {"title": movie.title, "year": movie.year})


class SeasonExists(BusinessRuleViolation):
    """There is already a season of this title at the theatre, or at all theatres: ``season``."""

    code = "season_exists"

    def __init__(self, season: "Season") -> None:
        self.season = season
        super().__init__(_("There is already a season called “%(title)s”.") % {"title": season.title})


class TableUnreadable(InvalidChoice):
    """A file is not a table of films. ``reason`` explains it."""

    code = "table_unreadable"

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"{name}: {reason}")


class ColumnMissing(InvalidChoice):
    """A table has no column for ``field``, or none of the name that was given. ``columns`` are the table's."""

    code = "column_missing"

    def __init__(self, field: str, columns: Sequence[str], named: str = "") -> None:
        self.field, self.columns, self.named = field, list(columns), named
        text = _("There is no column “%(named)s”.") if named else _("No column was recognised as the %(field)s.")
        there = _("The columns are: %(columns)s.") % {"columns": listed(columns)}
        super().__init__(sentences([text % {"named": named, "field": field}, there]))


class TableTooLong(InvalidChoice):
    """A table has more than ``most`` rows, the limit of one import."""

    code = "table_too_long"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(
            _("The table has more than %(most)s rows. Split it, or use manage.py import_movies.")
            % {"most": format_number(most)}
        )


class UploadExpired(BusinessRuleViolation):
    """The upload is no longer stored: it was imported or replaced, or is more than a day old."""

    code = "upload_gone"

    def __init__(self) -> None:
        super().__init__(_("This upload has expired. Please upload the table again."))
