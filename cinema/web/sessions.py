"""Lifetime of sessions: shorter for staff, and limited for everybody.

A session ends after a time without use (its row's ``expire_date``), and in any case some time after signing in. Uses
are recorded every few minutes only, to avoid a write for every page.
"""

import time
from typing import Any

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cinema.models import User
from cinema.selectors.core.compiled import Compiled
from cinema.selectors.people.staff import is_staff_anywhere

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60  # seconds
NOTED_EVERY = 5 * MINUTE
# The longest time without use, and since signing in.
AT_WORK = (1 * HOUR, 12 * HOUR)
AT_HOME = (14 * DAY, 30 * DAY)
# With every sign-out: what the browser keeps for somebody, such as tickets, is not for whoever comes next.
CLEARED = '"cache", "storage"'  # of the header Clear-Site-Data


@Compiled
def _sessions(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)


class SessionStore(db.SessionStore):
    """Django's database sessions, with an absolute end. They are read by a statement that is compiled once."""

    def _get_session_from_db(self) -> Session | None:
        for session in _sessions(str(self.session_key)):
            if session.expire_date > timezone.now():
                return session
        self._session_key = None
        return None

    def load(self) -> dict[str, Any]:
        data = super().load()
        if SESSION_KEY not in data and "ends" not in data:  # of nobody: see also web.shared
            return data
        now = int(time.time())
        if now >= data.get("ends", 0):
            self.delete()
            self._session_key = None
            return {}
        if now >= data["seen"] + NOTED_EVERY:
            data["seen"], self.modified = now, True
        return data


def begin(request: HttpRequest, user: User, **_: Any) -> None:
    """Set the lifetime of a session in which ``user`` has just signed in."""
    unused, in_any_case = AT_WORK if user.is_staff or is_staff_anywhere(user) else AT_HOME
    now = int(time.time())
    request.session.set_expiry(unused)
    request.session["seen"], request.session["ends"] = now, now + in_any_case


def end_if_long(request: HttpRequest) -> bool:
    """End a session that is longer than staff may have, because its user became staff after signing in.

    Return whether it was ended.
    """
    long = request.session.get_expiry_age() > AT_WORK[0]
    if long:
        logout(request)
    return long
