"""WSGI entry point: ``gunicorn cinema.wsgi``, behind a proxy that reads requests before it passes them on."""

import gc
import os
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")

django = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018, imports every view before the first request
# Objects loaded by now live as long as the process. A full garbage collection would scan them while a request waits.
gc.collect()
gc.freeze()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    length = environ.get("CONTENT_LENGTH") or ""
    environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length) if length.isdecimal() else 0)
    return django(environ, start_response)


class WholeBody:
    """A request's body that is refused where it ends before its length, rather than acted on as far as it came."""

    def __init__(self, body: Any, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        asked = self._left if size < 0 else min(size, self._left)
        return self._counted(self._body.read(asked), asked)

    def readline(self, size: int = -1) -> bytes:
        asked = self._left if size < 0 else min(size, self._left)
        line = self._body.readline(asked)
        return self._counted(line, len(line) if line.endswith(b"\n") else asked)

    def _counted(self, piece: bytes, expected: int) -> bytes:
        if len(piece) < expected:
            raise BadRequest("The body is cut off.")
        self._left -= len(piece)
        return piece
