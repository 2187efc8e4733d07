"""Film tables that cannot be read."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from cinema.exceptions.base import InvalidChoice


class TableUnreadable(InvalidChoice):
    """A file is not a table of films. ``reason`` says what it is instead."""

    code = "table_unreadable"

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"{name}: {reason}")


class ColumnMissing(InvalidChoice):
    """A table has no column for ``field``, or none of the name it was said to have. ``columns`` are its own."""

    code = "column_missing"

    def __init__(self, field: str, columns: Sequence[str], named: str = "") -> None:
        self.field, self.columns, self.named = field, list(columns), named
        text = _("There is no column “%(named)s”.") if named else _("No column looks like a %(field)s.")
        names = ", ".join(column for column in columns if column)
        super().__init__(
            text % {"named": named, "field": field} + " " + _("The columns are: %(columns)s.") % {"columns": names}
        )
