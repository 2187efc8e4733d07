"""Exceptions of conflicting edits by staff."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from cinema.domain import lists
from cinema.exceptions.base import BusinessRuleViolation

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = 40  # characters of a value shown in a sentence


class FieldChange(NamedTuple):
    """A change of a field: its name, its label for people, and its value before and after."""

    field: str
    label: str
    before: str
    after: str

    def __str__(self) -> str:
        before, after = (Truncator(value).chars(LONGEST) or "—" for value in (self.before, self.after))
        return _("%(label)s from “%(before)s” to “%(after)s”") % {
            "label": self.label,
            "before": before,
            "after": after,
        }


class EditConflict(BusinessRuleViolation):
    """Somebody else saved the object while it was open. Saving again with ``version``, the new one, overwrites it.

    ``by`` is the last editor, ``at`` the time, ``changes`` everything changed since it was opened; each may be empty
    if it was not recorded.
    """

    code = "edited_meanwhile"

    def __init__(
        self, *, version: int, by: str = "", at: "datetime | None" = None, changes: Sequence[FieldChange] = ()
    ) -> None:
        self.version, self.by, self.at, self.changes = version, by, at, list(changes)
        sentences = [_("Someone else has changed this while you had it open.")]
        if by and at:
            sentences = [
                _("%(name)s changed this %(time)s ago, while you had it open.") % {"name": by, "time": timesince(at)}
            ]
        if changes:
            sentences.append(_("Changed: %(changes)s.") % {"changes": "; ".join(map(str, changes))})
        sentences.append(_("What you entered is still here. Please check it, and save again to keep it."))
        super().__init__(lists.sentences(sentences))
