"""Structured logging without personal data.

In production each line is one JSON object, built from an allow-list instead of being filtered: our own messages
identify things by their keys (checked by tests/test_layers.py); of libraries' messages, which may quote user input,
only the place in their code is logged; of exceptions the class and the stack, never the text.
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
# Their messages are fixed texts, but the arguments may be URLs or IPs; some warnings have them already interpolated.
SERVERS = ("gunicorn", "uvicorn")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUEST_ID = re.compile(r"[0-9a-fA-F-]{16,64}")  # a UUID, or nginx's $request_id
DEEPEST_CAUSE = 4
FRAMES = 20  # of each exception, the innermost


@dataclass(slots=True)
class RequestContext:
    """The request of a log line. ``route`` is the URL pattern's name: the URL may contain a ticket's code."""

    id: str
    method: str
    route: str = "-"


NO_REQUEST = RequestContext("-", "-")  # in a command or a background thread
current_request: ContextVar[RequestContext] = ContextVar("current_request", default=NO_REQUEST)


def new_id() -> str:
    """Return a request ID of 16 hexadecimal digits, short enough to be read out."""
    return secrets.token_hex(8)


def read(request: HttpRequest) -> RequestContext:
    """Return the context of a request, with the proxy's request ID or a new one.

    The server accepts “came by HTTPS” from trusted proxies only, so the ID of an HTTPS request is the proxy's.
    """
    given = request.META.get("HTTP_X_REQUEST_ID", "") if request.is_secure() else ""
    name = given if REQUEST_ID.fullmatch(given) else new_id()
    return RequestContext(name, request.method if request.method in METHODS else "-")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of ASCII JSON."""

    def format(self, record: logging.LogRecord) -> str:
        context = getattr(record, "context", None) or current_request.get()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "request_id": context.id,
            "method": context.method,
            "route": context.route,
            **getattr(record, "facts", {}),
        }
        failure = record.exc_info or (sys.exc_info() if has_interpolated_args(record) else None)
        if failure and failure[1]:
            line["errors"] = errors(failure[1])
        return json.dumps(line)


def origin(record: logging.LogRecord) -> str:
    """The top-level package that logged the record."""
    return record.name.partition(".")[0]


def has_interpolated_args(record: logging.LogRecord) -> bool:
    """Whether the record may be a server's message with a URL or IP already in its text.

    Such as the warning about a malformed request, which comes without its exception.
    """
    return origin(record) in SERVERS and record.levelno >= logging.WARNING and not record.args


def message(record: logging.LogRecord) -> str:
    """Return the record's message without anything that may be personal."""
    if origin(record) == OURS:
        return record.getMessage()
    if origin(record) in SERVERS and isinstance(record.args, tuple) and not has_interpolated_args(record):
        numbers = tuple(value if isinstance(value, int | float) else "…" for value in record.args)
        return str(record.msg) % numbers if numbers else str(record.msg)
    return f"{record.module}:{record.lineno}"


def errors(error: BaseException | None) -> list[dict[str, Any]]:
    """Return an exception and its causes: class, database error code, constraint and stack.

    Never the text: that of a constraint quotes the rejected values, that of a mail server the recipients.
    """
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
    """Return the logging configuration: JSON with a line for every request, or ``plain`` text for a terminal.

    Everything goes to standard error. Django's own handlers are removed, since they would mail whole requests.
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
            "axes": {"level": "ERROR"},  # failed sign-ins are in the audit trail
            "django": everywhere,
            "django.request": {"level": "CRITICAL"},  # cinema.requests logs the same without the URL
            # Servers start with handlers of their own.
            **({} if plain else dict.fromkeys(("gunicorn.error", "uvicorn.error"), everywhere)),
        },
    }
