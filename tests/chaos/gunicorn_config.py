"""gunicorn's configuration in a run: two of three workers have a wrong clock; as a control, none has protection."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

OFF = [timedelta(minutes=minutes) for minutes in (10, -10, 0)]  # by each worker's turn
UNLOCKED = "CHAOS_UNLOCKED"  # set in the environment: the workers take no locks
UNTIDY = "CHAOS_UNTIDY"  # set in the environment: they do no housekeeping
GULLIBLE = "CHAOS_GULLIBLE"  # set in the environment: they act on a message whenever it comes
UNGUARDED = "CHAOS_UNGUARDED"  # set in the environment: they lock no payment
STRIPE, RAZORPAY = "CHAOS_STRIPE", "CHAOS_RAZORPAY"  # in the environment: where these providers are, if they are used
TIMEOUT = (1, 1)  # seconds for which the workers wait for a provider
PATIENCE = 60  # seconds for which they wait for the test gateway, which is as fast as this machine
APPLICATION = "cinema"  # what PostgreSQL calls the workers' connections

worker_class = "cinema.live.worker.Worker"
wsgi_app = "cinema.asgi"
preload_app = True  # the next worker stands at once, so the load meets workers and not a closed door
graceful_timeout = 10


def post_fork(server: Any, worker: Any) -> None:
    os.environ["PGAPPNAME"] = APPLICATION
    time_machine.travel(datetime.now(UTC) + OFF[worker.age % len(OFF)], tick=True).start()
    if os.environ.get(STRIPE):
        from cinema.gateways import razorpay, stripe

        stripe.TIMEOUT = razorpay.TIMEOUT = TIMEOUT


def post_worker_init(worker: Any) -> None:
    """The application is loaded."""
    from cinema.mail import receipts
    from cinema.services.money import payments
    from tests.chaos import unprotected

    receipts.receipt_pdf = lambda receipt: b"%PDF-"  # to draw one takes as long as three requests

    if not os.environ.get(STRIPE):
        payments.TURN_WITHIN = PATIENCE
    if os.environ.get(UNLOCKED):
        worker.unprotected = unprotected.unprotect_worker()  # as long as it lives
    if os.environ.get(GULLIBLE):
        unprotected.believe_everything()
    if os.environ.get(UNGUARDED):
        unprotected.lock_no_payment()
