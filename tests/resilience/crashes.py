"""gunicorn's configuration in these tests: its worker is killed at the step that the file $CRASH_AT names, once.

The cinema's own code is not touched: the worker wraps the functions named here when it has loaded it.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

BEFORE, AFTER = "before", "after"


class Step(NamedTuple):
    """Where a worker dies: before or after it calls the function of that name in that module."""

    when: str
    module: str
    function: str


HOLD = {
    "hold: before the lock": Step(BEFORE, "cinema.services.booking.holds", "locked_show"),
    "hold: before the commit": Step(AFTER, "cinema.services.booking.holds", "transition_seats"),
    "hold: between commit and answer": Step(AFTER, "cinema.views.public.shows", "hold_seats"),
}
CHECKOUT = {
    "checkout: before the lock": Step(BEFORE, "cinema.services.booking.booking", "lock_active_holds"),
    "checkout: before the commit": Step(AFTER, "cinema.services.booking.booking", "write_order"),
    "checkout: between commit and answer": Step(AFTER, "cinema.views.public.holds", "book_holds"),
}
PAYMENT = {
    "payment: between capture and record": Step(BEFORE, "cinema.services.money.settlement", "locked_payment"),
    "payment: before the commit": Step(AFTER, "cinema.services.money.settlement", "_book"),
    "payment: between commit and answer": Step(AFTER, "cinema.views.public.payments", "receive_event"),
}
MAIL = {  # in a thread of its own
    "mail: before it is sent": Step(BEFORE, "cinema.mail.sending", "_send"),
    "mail: between it and our note": Step(BEFORE, "cinema.mail.sending", "_finish"),
}
CANCELLATION = {
    "refund: before the commit": Step(AFTER, "cinema.services.orders.cancellations", "record_refund"),
}
REFUND = {  # in the sweep
    "refund: between written and sent": Step(BEFORE, "cinema.services.money.refunds", "send_refund"),
    "refund: between the gateway and our mark": Step(BEFORE, "cinema.services.money.refunds", "settle_refund"),
}


def post_worker_init(worker: object) -> None:
    """gunicorn's hook: the application is loaded, and nothing is served yet."""
    for name, step in (HOLD | CHECKOUT | PAYMENT | MAIL | CANCELLATION | REFUND).items():
        module = import_module(step.module)
        setattr(module, step.function, _fatal(getattr(module, step.function), name, step.when))
    if os.environ.get("UNPROTECTED"):
        import_module("cinema.urls").handler500 = "django.views.defaults.server_error"


def _fatal(function: Callable[..., Any], name: str, when: str) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        if when == BEFORE:
            _die_at(name)
        result = function(*arguments, **named)
        if when == AFTER:
            _die_at(name)
        return result

    return call


def _die_at(name: str) -> None:
    order = Path(os.environ["CRASH_AT"])
    if order.exists() and order.read_text() == name:
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
