"""The description of the JSON interface for programs, in OpenAPI 3.1. openapi.json beside this file is kept by hand."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import JsonResponse

from cinema.views.api.responses import json_view
from cinema.web.http import HtmxRequest

FILE = Path(__file__).with_name("openapi.json")


@json_view("GET", "HEAD")
def openapi(request: HtmxRequest) -> JsonResponse:
    """The description, of this site."""
    return JsonResponse(description() | {"servers": [{"url": settings.SITE_URL}]})


@cache
def description() -> dict[str, Any]:
    """The content of the file; nobody may change it."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found
