"""Exceptions of imported schedules."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.exceptions.base import InvalidChoice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from cinema.models import Movie

# The texts for a missing cell, and for one that is unknown or invalid.
TEXTS: "dict[str, tuple[StrOrPromise, StrOrPromise]]" = {
    "date": (gettext_lazy("the date is missing"), gettext_lazy("write the date as 08.12.2026, not “%(said)s”")),
    "time": (gettext_lazy("the time is missing"), gettext_lazy("write the time as 18:30, not “%(said)s”")),
    "screen": (gettext_lazy("the screen is missing"), gettext_lazy("there is no screen “%(said)s”")),
    "film": (gettext_lazy("the film is missing"), gettext_lazy("the library has no film “%(said)s”")),
    "further films": (
        "",
        gettext_lazy("“%(said)s” is not in the library; write each further film as “Up, 15 min, 40%%”"),
    ),
    "break": ("", gettext_lazy("the break before “%(said)s” is longer than 240 minutes")),
    "share": (
        "",
        gettext_lazy("the share of “%(said)s” is missing, or above 100%%; write it after the film, such as 40%%"),
    ),
    "most films": ("", gettext_lazy("a show has at most four films, so there is no place for “%(said)s”")),
    "language": (
        gettext_lazy("the film’s language is not known; add it to the film, or write it in a column “language”"),
        gettext_lazy("“%(said)s” is not the language of any film in the library"),
    ),
    "subtitles": ("", gettext_lazy("“%(said)s” is not the language of any film in the library")),
    "format": ("", gettext_lazy("write the format as 2D, 3D, IMAX or Dolby Atmos, not “%(said)s”")),
    "labels": ("", gettext_lazy("“%(said)s” is no label; write words such as “audio description”, or AD, CC, Q&A")),
    "note": ("", gettext_lazy("the note is longer than 80 characters: “%(said)s”")),
    "price card": ("", gettext_lazy("there is no price card “%(said)s”")),
}


class ScheduleUnreadable(InvalidChoice):
    """The file as a whole cannot be read; ``str()`` says why."""

    code = "schedule_unreadable"


class RowUnclear(InvalidChoice):
    """A cell in ``column`` is unknown or invalid.

    ``why`` is the sentence without the row number; ``suggestion`` is the film with the most similar title.
    """

    code = "row_unclear"

    def __init__(self, number: int, column: str, said: str, suggestion: "Movie | None" = None) -> None:
        self.column, self.said, self.suggestion = column, said, suggestion
        missing, wrong = TEXTS[column]
        self.why = f"{(wrong if said else missing) % {'said': said[:60]}}."
        super().__init__(_("Row %(number)d: %(why)s") % {"number": number, "why": self.why})
