"""Trace of a booking: makes a real booking on the demo and records every layer, function and statement.

Only where ``is_allowed()``: never at a cinema that takes real money. ``recorder`` records the calls and the SQL of a
thread, ``browser`` sends requests without a network, ``booking`` and ``race`` run the two scenarios. Only the guide's
page and ``manage.py trace_booking`` may import this package.
"""

from django.conf import settings


def is_allowed() -> bool:
    """Whether this installation sells no real tickets: the demo, or a developer's with DEBUG."""
    return settings.DEMO or settings.DEBUG
