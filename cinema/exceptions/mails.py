"""Mails that cannot be sent now."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation


class MailNotTaken(BusinessRuleViolation):
    """The relay did not accept a mail; it will be sent again."""

    code = "mail_not_taken"

    def __init__(self) -> None:
        super().__init__(_("The email could not be sent. We’ll try again."))
