"""Exceptions of orders: staff actions, exchanges and cancelled shows."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.models import AuditEvent, ShowCancellation, Ticket


class OrderChanged(BusinessRuleViolation):
    """Somebody changed the order since it was opened. ``event`` is the change, loaded with its user."""

    code = "order_changed"

    def __init__(self, event: "AuditEvent") -> None:
        self.event = event
        said = {"who": event.user or _("someone"), "what": event.get_action_display(), "why": event.reason}
        super().__init__(
            _(
                "%(who)s has changed this order in the meantime: %(what)s (%(why)s). Nothing was done. "
                "Please check the order again."
            )
            % said
        )


class TicketNotPaid(BusinessRuleViolation):
    """Only a paid ticket that is not cancelled can be returned in part, moved or exchanged."""

    code = "nothing_paid"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        if ticket.status == ticket.Status.CANCELLED:
            text = _("This ticket is already cancelled.")
        else:
            text = _("This ticket is not paid, so there is nothing to refund or change.")
        super().__init__(text)


class EmailErased(BusinessRuleViolation):
    """The buyer's email address was erased, so that no mail can be sent."""

    code = "no_address"

    def __init__(self) -> None:
        super().__init__(_("The buyer’s data was erased. Enter an email address first."))


class RefundTooHigh(BusinessRuleViolation):
    """The refund exceeds ``left``, the rest of what was paid."""

    code = "refund_too_high"

    def __init__(self, amount: Decimal, left: Decimal) -> None:
        self.amount, self.left = amount, left
        said = {"amount": format_money(amount), "left": format_money(left)}
        super().__init__(_("At most %(left)s can be refunded, not %(amount)s. Nothing was refunded.") % said)


class LastSeats(BusinessRuleViolation):
    """All seats of a ticket were selected for a partial return; that is a cancellation."""

    code = "last_seats"

    def __init__(self) -> None:
        super().__init__(_("These are all the seats of the order. Please cancel the whole order instead."))


class NotExchangeable(BusinessRuleViolation):
    """The ticket cannot go to the other show; ``str()`` says why."""

    code = "not_exchangeable"


class SameEmail(BusinessRuleViolation):
    """The order has this email address already."""

    code = "same_email"

    def __init__(self) -> None:
        super().__init__(
            _("The order already has this email address. To send the ticket once more, choose “Send the ticket again”.")
        )


class SameShow(InvalidChoice):
    code = "same_show"

    def __init__(self) -> None:
        super().__init__(_("The ticket is already for this show. You can move it to other seats instead."))


class ChoiceExpired(BusinessRuleViolation):
    """The buyer of a cancelled show cannot choose another one (any more)."""

    code = "choice_over"

    def __init__(self) -> None:
        super().__init__(_("Another show can no longer be chosen for this ticket. You will get a refund."))


class ShowNotCancellable(BusinessRuleViolation):
    """The show cannot be cancelled; ``str()`` says why."""

    code = "show_not_cancellable"


class ShowAlreadyCancelled(ShowNotCancellable):
    """The show was cancelled already, by ``cancellation``, loaded with its user."""

    code = "called_off_already"

    def __init__(self, cancellation: "ShowCancellation") -> None:
        self.cancellation = cancellation
        said = {"who": cancellation.user or _("someone"), "reason": cancellation.reason}
        super().__init__(_("%(who)s has already cancelled this show: %(reason)s") % said)


class ChoiceTooShort(InvalidChoice):
    """The deadline for choosing another show is not in the future."""

    code = "choice_too_short"

    def __init__(self) -> None:
        super().__init__(_("Buyers need at least an hour to choose."))
