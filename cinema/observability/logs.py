"""What is written down while the cinema runs, and that none of it says who somebody is.

In production each line is one JSON object. It is made from what is known to be harmless rather than cleaned of what is
not: our own messages name things by their keys (tests/test_layers.py sees to it), of others' only the place in their
code is kept, since they quote what people send, and an exception is its kind and where it was, never its text.
"""

import json
import logging
import re
import secrets
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any

from django.http import HttpRequest

OURS = "cinema"
# Their messages are fixed texts, and what is put into them may be an address: into a warning sometimes beforehand.
SERVERS = ("gunicorn", "uvicorn")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUEST_ID = re.compile(r"[0-9a-fA-F-]{16,64}")  # a UUID, or nginx's $request_id
DEEPEST_CAUSE = 4
FRAMES = 20  # of each exception: where it was raised, and who asked


@dataclass(slots=True)
class RequestContext:
    """What a line says about the request it belongs to. ``route`` names the pattern of the address: the address
    itself may hold the code of a ticket."""

    id: str
    method: str
    route: str = "-"


NOBODY = RequestContext("-", "-")  # a command, or a thread of the server's own
asked: ContextVar[RequestContext] = ContextVar("asked", default=NOBODY)


def new_id() -> str:
    """An identifier that a person can read out."""
    return secrets.token_hex(8)


def read(request: HttpRequest) -> RequestContext:
    """Name a request: as the proxy did, or anew.

    That a request came by HTTPS only the proxy can say that the server believes, so only then is its name believed.
    """
    given = request.META.get("HTTP_X_REQUEST_ID", "") if request.is_secure() else ""
    name = given if REQUEST_ID.fullmatch(given) else new_id()
    return RequestContext(name, request.method if request.method in METHODS else "-")


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON in ASCII, whatever it contains."""

    def format(self, record: logging.LogRecord) -> str:
        about = getattr(record, "asked", None) or asked.get()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "request_id": about.id,
            "method": about.method,
            "route": about.route,
            **getattr(record, "answer", {}),
        }
        failure = record.exc_info or (sys.exc_info() if has_interpolated_args(record) else None)
        if failure and failure[1]:
            line["errors"] = errors(failure[1])
        return json.dumps(line)


def origin(record: logging.LogRecord) -> str:
    """Whose record it is."""
    return record.name.partition(".")[0]


def has_interpolated_args(record: logging.LogRecord) -> bool:
    """Whether it may be a server's text with an address in it; such as of a request that it cannot read, without the
    exception that says why."""
    return origin(record) in SERVERS and record.levelno >= logging.WARNING and not record.args


def message(record: logging.LogRecord) -> str:
    """What the record says, as far as it can be nothing personal."""
    if origin(record) == OURS:
        return record.getMessage()
    if origin(record) in SERVERS and isinstance(record.args, tuple) and not has_interpolated_args(record):
        numbers = tuple(value if isinstance(value, int | float) else "…" for value in record.args)
        return str(record.msg) % numbers if numbers else str(record.msg)
    return f"{record.module}:{record.lineno}"


def errors(error: BaseException | None) -> list[dict[str, Any]]:
    """An exception and what it came from: kinds, places, and what the database calls it, but no text. A constraint's
    text quotes the values it refused, a mail server's the addresses."""
    found: list[dict[str, Any]] = []
    while error is not None and len(found) < DEEPEST_CAUSE:
        places = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in walk_tb(error.__traceback__)]
        facts = {
            "kind": type(error).__qualname__,
            "code": getattr(error, "pgcode", None) or getattr(error, "sqlite_errorname", None),
            "constraint": getattr(getattr(error, "diag", None), "constraint_name", None),
            "at": places[-FRAMES:],
        }
        found.append({name: value for name, value in facts.items() if value})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def config(*, plain: bool) -> dict[str, Any]:
    """The logging of an installation: JSON lines with one for every request, or ``plain`` text for a terminal.

    Everything goes to standard error. Django's own handlers are taken off, since they would mail whole requests.
    """
    everywhere = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
            "json": {"()": JsonFormatter},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain" if plain else "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "cinema": {"level": "INFO"},
            "cinema.requests": {"level": "WARNING" if plain else "INFO"},
            "axes": {"level": "ERROR"},  # who could not sign in stands in the audit trail
            "django": everywhere,
            "django.request": {"level": "CRITICAL"},  # cinema.requests says it, without the address
            # Servers begin with handlers of their own.
            **({} if plain else dict.fromkeys(("gunicorn.error", "uvicorn.error"), everywhere)),
        },
    }
