"""How often sellers did what needs a permission, or is counted."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from cinema.domain.money import exact
from cinema.models import CounterAction, Order, User

# Free tickets and changed prices of sales that were never finished do not count.
ALWAYS_COUNTED = (CounterAction.Kind.VOID, CounterAction.Kind.REPRINT, CounterAction.Kind.CANCEL)
COUNTED = Q(kind__in=ALWAYS_COUNTED) | ~Q(order__status__in=Order.UNSOLD)


class ActionSum(NamedTuple):
    """What a seller did so often, for one reason: for how many seats, and how much money went back or was not asked
    for."""

    seller: User | None
    kind: str
    reason: str
    number: int
    seats: int
    amount: Decimal

    @property
    def what(self) -> str:
        """The kind for people."""
        return str(CounterAction.Kind(self.kind).label)

    @property
    def why(self) -> str:
        """The reason for people, "" if none is needed."""
        return str(CounterAction.Reason(self.reason).label) if self.reason else ""


def actions_by_seller(actions: QuerySet[CounterAction]) -> list[ActionSum]:
    """These actions by seller, kind and reason. Two statements, or one if there are none."""
    rows = actions.filter(COUNTED).order_by().values_list("by", "kind", "reason")
    sums = list(rows.annotate(number=Count("pk"), seats=Sum("seats"), amount=Sum("amount")))
    people = User.objects.in_bulk({row[0] for row in sums}) if sums else {}
    found = [
        ActionSum(people.get(by), kind, reason, number, seats, exact(amount))
        for by, kind, reason, number, seats, amount in sums
    ]
    return sorted(found, key=lambda one: (str(one.seller or ""), one.kind, one.reason))
