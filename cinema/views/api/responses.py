"""The JSON interface’s view decorator: methods, tokens, request bodies and error responses."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from cinema.domain.seating.names import seat_names
from cinema.exceptions import BusinessRuleViolation, RequestUnreadable, SeatingRule, SeatsUnavailable
from cinema.models import FailedTry
from cinema.services.people.failed_tries import count_try
from cinema.services.people.tokens import user_of_token
from cinema.web.client_ip import client_ip
from cinema.web.decorators import View
from cinema.web.errors import RETRY_AFTER
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of

LARGEST_BODY = 64  # kB
DEEPEST = 4  # lists or objects within each other; a booking needs two


def json_view(*methods: str, token: bool = False) -> Callable[[View], View]:
    """Make a view of the JSON interface that accepts ``methods`` and turns broken rules into error responses.

    With ``token`` it needs a valid API token and sets ``request.user`` to its user. Browsers do not send tokens by
    themselves, unlike cookies, so the view needs no CSRF protection.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapper(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase
            if settings.HTTPS and not request.is_secure():
                response = error_response(403, _("Use HTTPS. If you sent a token, others may have read it: delete it."))
            elif methods and request.method not in methods:
                response = error_response(
                    405, _("This address does not accept %(method)s.") % {"method": request.method}
                )
                response["Allow"] = ", ".join(methods)
            else:
                try:
                    signed_in = not token or _sign_in(request)
                    response = view(request, *args, **kwargs) if signed_in else _refuse_token()
                except BusinessRuleViolation as error:
                    response = violation_response(error)
            response["Cache-Control"] = "no-store" if token else "no-cache"
            return response

        return wrapper

    return decorate


def error_response(status: int, error: str, **more: Any) -> JsonResponse:
    """An error response with the sentence ``error``; 503 has Retry-After, 401 has WWW-Authenticate."""
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": str(RETRY_AFTER)}}
    return JsonResponse({"error": error, **more}, status=status, headers=headers.get(status))


def violation_response(error: BusinessRuleViolation) -> HttpResponse:
    """The response to a broken rule; 409 has the ``seats`` concerned, and alternatives as ``choices`` of ids."""
    status = status_of(error)
    more: dict[str, object] = {}
    if status == 409:
        gone = error.seats if isinstance(error, SeatsUnavailable) else []
        more["seats"] = [{"id": seat.pk, "label": capfirst(seat_names([seat.seat]))} for seat in gone]
    if isinstance(error, SeatingRule):
        more["seats"] = [{"id": place.pk, "label": capfirst(seat_names([place]))} for place in error.seats]
        more["choices"] = [[place.pk for place in choice] for choice in error.choices]
        more["may_insist"] = error.may_insist
    return set_retry_after(error_response(status, str(error), code=error.code, **more), error)


def field_error_response(errors: Mapping[str, Iterable[object]]) -> JsonResponse:
    """A response 400 with the errors by field."""
    by_field = {field: [str(sentence) for sentence in sentences] for field, sentences in errors.items()}
    first = next(f"{field}: {sentences[0]}" for field, sentences in by_field.items())
    return error_response(400, first, code="invalid", errors=by_field)


def read_object(request: HtmxRequest) -> dict[str, Any]:
    """Read the body as a JSON object, whatever its content type. Raises RequestUnreadable."""
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise RequestUnreadable(_("The body of this request was not received in full.")) from error
    if len(body) > LARGEST_BODY * 1024:
        raise RequestUnreadable(_("The body is larger than %(size)d kB.") % {"size": LARGEST_BODY})
    if not body.strip():
        raise RequestUnreadable(_("The body is empty; send a JSON object with its Content-Length."))
    try:
        data = json.loads(body, parse_constant=_no_number)
        json.dumps(data, ensure_ascii=False).encode()  # raises UnicodeEncodeError for half a surrogate pair
    except (ValueError, RecursionError) as error:
        raise RequestUnreadable(_("The body is not valid JSON in UTF-8.")) from error
    if not isinstance(data, dict):
        raise RequestUnreadable(_('The body should be a JSON object, such as {"show_id": 1}.'))
    if _is_deeper(data, DEEPEST):
        raise RequestUnreadable(_("The body is nested too deeply."))
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in inner)


def _sign_in(request: HtmxRequest) -> bool:
    """Set the user of the token that was sent. Raises TokenExpired, and TooManyWrongTokens for an invalid token."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return False
    if user := user_of_token(secret=secret.strip()):
        request.user = user
    else:
        count_try(kind=FailedTry.Kind.TOKEN, client_ip=client_ip(request), right=False)
    return user is not None


def _refuse_token() -> JsonResponse:
    return error_response(401, _("Send a valid token in the header “Authorization: Bearer TOKEN”."))
