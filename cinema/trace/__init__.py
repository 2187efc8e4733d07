"""Watch a booking: one real booking made on the demo, with everything it passed on its way.

Only where ``is_allowed()``: never at a cinema that takes real money. ``recorder`` notes the calls and the SQL of a
thread, ``browser`` sends requests without a network, ``booking`` and ``race`` are the two stories that are told with
them. Nothing in the project but their page and ``manage.py trace_booking`` may import this package.
"""

from django.conf import settings


def is_allowed() -> bool:
    """Whether this installation sells nothing for real: the demo, or a developer's."""
    return settings.DEMO or settings.DEBUG
