"""Exceptions of receipt printers."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation


class TillWithoutPrinter(BusinessRuleViolation):
    """The till has no receipt printer, or not any more."""

    code = "till_without_printer"

    def __init__(self) -> None:
        super().__init__(_("This till has no receipt printer. Please print in the browser."))


class PrintJobSettled(BusinessRuleViolation):
    """There is nothing to decide about a print job any more: it was confirmed, or a colleague has decided."""

    code = "print_job_settled"

    def __init__(self) -> None:
        super().__init__(_("This was settled in the meantime. Nothing is printed again."))
