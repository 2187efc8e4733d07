"""Exceptions of theatres and their staff."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions.base import BusinessRuleViolation


class TimeZoneInUse(BusinessRuleViolation):
    """The time zone of a theatre cannot change while ``shows`` of it are planned."""

    code = "time_zone_in_use"

    def __init__(self, shows: int) -> None:
        self.shows = shows
        super().__init__(
            ngettext(
                "The time zone cannot be changed while %(number)d show is planned: it would start at another time "
                "than its tickets say.",
                "The time zone cannot be changed while %(number)d shows are planned: they would start at another time "
                "than their tickets say.",
                shows,
            )
            % {"number": shows}
        )


class TaxRuleExists(BusinessRuleViolation):
    """The theatre has a tax rule for the same things, prices and day already."""

    code = "tax_rule_exists"

    def __init__(self) -> None:
        super().__init__(
            _("There is already a rule for these prices from this day. Remove it first, or choose another day.")
        )


class OwnersOnly(BusinessRuleViolation):
    """Only an owner can appoint or remove managers."""

    code = "owners_only"

    def __init__(self) -> None:
        super().__init__(_("Only an owner can add or remove managers."))


class AccountClosed(BusinessRuleViolation):
    """The account of this email address is closed; nobody can sign in with it."""

    code = "account_closed"

    def __init__(self) -> None:
        super().__init__(_("The account with this email address is deactivated, so it cannot get a role."))
