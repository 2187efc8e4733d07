"""Halls that cannot be built like this."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import InvalidChoice


class HallPlanInvalid(InvalidChoice):
    """The plan of a hall cannot be read. ``line`` and ``column`` count from 1."""

    code = "hall_plan_invalid"

    def __init__(self, reason: str, line: int, column: int) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(
            _("Line %(line)d, character %(column)d: %(reason)s") % {"line": line, "column": column, "reason": reason}
        )
