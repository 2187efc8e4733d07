"""Exceptions of the erasure of personal data."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation

if TYPE_CHECKING:
    from cinema.models import Ticket


class TicketsUnfinished(BusinessRuleViolation):
    """The person has ``tickets`` for coming shows, or with a payment or refund under way."""

    code = "tickets_unfinished"

    def __init__(self, tickets: "Collection[Ticket]") -> None:
        self.tickets = list(tickets)
        sentence = _("There are tickets for upcoming shows, or refunds on their way: %(references)s.")
        super().__init__(sentence % {"references": ", ".join(ticket.reference for ticket in self.tickets)})


class LastOwner(BusinessRuleViolation):
    """The account is that of the only owner."""

    code = "last_owner"

    def __init__(self) -> None:
        super().__init__(_("This is the only owner’s account. Make someone else an owner first."))
