"""Retries of work that waits for other servers, row by row, with growing waits, so that no row blocks the others."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now

from cinema.exceptions import BusinessRuleViolation
from cinema.services.core.transactions import PATIENCE

logger = logging.getLogger(__name__)

AT_ONCE = 1_000  # rows read per run


class Backoff(NamedTuple):
    """Exponential backoff: wait ``first``, then ``factor`` times as long after each attempt, at most ``longest``."""

    first: timedelta
    factor: float
    longest: timedelta

    def wait(self, attempts: int) -> timedelta:
        """The wait after ``attempts`` attempts, 1 or more."""
        steps = min(attempts - 1, 400)  # floats overflow beyond, and every backoff is at its longest
        return timedelta(seconds=min(self.first.total_seconds() * self.factor**steps, self.longest.total_seconds()))


def attempt_due(
    *,
    rows: QuerySet[Any],
    attempt: Callable[[int], object],
    backoff: Backoff,
    patience: float = PATIENCE,
    quiet: tuple[type[Exception], ...] = (),
) -> int:
    """Call ``attempt`` with the key of each due row (a Retried model), the longest due first.

    Returns how many results were true. After ``patience`` seconds the rest is left for the next run.
    The next attempt is scheduled before this one begins, so that an interrupted run does not repeat it and parallel
    runs do not share it. An attempt fails by raising, which is recorded on the row and logged, unless it is ``quiet``.
    """
    # Also rows that a wrong clock has scheduled later than any backoff could.
    due = Q(due_at__lte=Now()) | Q(due_at__gt=Now() + 2 * backoff.longest)
    found = rows.filter(due).order_by("due_at", "pk").values_list("pk", "attempts", "failing_since")[:AT_ONCE]
    done, end = 0, monotonic() + patience
    for pk, attempts, failing_since in list(found):
        if monotonic() > end:
            break
        claimed = rows.filter(due, pk=pk, attempts=attempts)
        if claimed.update(attempts=attempts + 1, attempted_at=Now(), due_at=Now() + backoff.wait(attempts + 1)):
            row, failing = rows.model.objects.filter(pk=pk), failing_since is not None
            done += _attempt(row, attempt, pk, failing=failing, quiet=quiet)
    return done


def _attempt(
    row: QuerySet[Any],
    attempt: Callable[[int], object],
    key: int,
    *,
    failing: bool,
    quiet: tuple[type[Exception], ...],
) -> bool:
    try:
        settled = bool(attempt(key))
    except Exception as error:
        name = type(error).__name__
        if isinstance(error, quiet):
            pass
        elif isinstance(error, BusinessRuleViolation):
            logger.warning("An attempt failed, at %s: %s.", key, name)
        else:
            logger.exception("An attempt failed, at %s.", key)
        row.update(failing_since=Coalesce("failing_since", Now()), last_error=name)
        return False
    if failing:
        row.update(failing_since=None, last_error="")
    return settled
