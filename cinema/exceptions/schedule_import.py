"""Files and rows that are no schedule."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import InvalidChoice


class ScheduleUnreadable(InvalidChoice):
    """The file as a whole cannot be read; ``str()`` says why."""

    code = "schedule_unreadable"


class RowUnclear(InvalidChoice):
    """A cell names nothing we know, or cannot be read. ``column`` is which."""

    code = "row_unclear"

    def __init__(self, column: str, said: str) -> None:
        self.column, self.said = column, said
        text = _("%(column)s: “%(said)s” is not known.") if said else _("%(column)s is missing.")
        super().__init__(text % {"column": column, "said": said[:60]})
