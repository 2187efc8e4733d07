"""Exceptions of the door. A scan that is refused is none: it is an answer, and recorded."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice


class AdmittedMeanwhile(BusinessRuleViolation):
    """Another door admitted the same seats at this moment. Nothing was recorded; scanning again gives the answer."""

    code = "admitted_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Another door is admitting the same seats. Please scan the ticket again."))


class ScanKeyReused(BusinessRuleViolation):
    """The key of a scan was sent before with another ticket."""

    code = "scan_key_reused"

    def __init__(self) -> None:
        super().__init__(_("This scan was already sent for another ticket. Please scan again."))


class UndoTooLate(BusinessRuleViolation):
    """The scan was made too long ago to be undone."""

    code = "undo_too_late"

    def __init__(self) -> None:
        super().__init__(_("A scan can be undone within a minute. Ask a supervisor."))


class NothingToUndo(InvalidChoice):
    """The scan admitted nobody, or was undone or followed by another one."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to undo: nobody is inside by that scan any more."))


class NoReentry(InvalidChoice):
    """The theatre records no exits."""

    code = "no_reentry"

    def __init__(self) -> None:
        super().__init__(_("This theatre does not scan guests on their way out."))


class UnknownTicketSeats(InvalidChoice):
    """Some of the seats are not on the ticket (any more)."""

    code = "unknown_ticket_seats"

    def __init__(self) -> None:
        super().__init__(_("These seats are not on the ticket any more. Please scan it again."))
