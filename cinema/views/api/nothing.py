"""Unknown URLs below /api/."""

from django.http import JsonResponse
from django.urls import resolve
from django.utils.translation import gettext as _

from cinema.views.api.responses import error_response, json_view
from cinema.web.http import HtmxRequest


@json_view()
def nothing(request: HtmxRequest) -> JsonResponse:
    """404, with a hint if only the final slash is missing: a redirect would lose the body of a POST."""
    meant = f"{request.path_info}/"
    if resolve(meant).url_name:
        return error_response(
            404, _("There is nothing at this address. Did you mean %(address)s?") % {"address": meant}
        )
    return error_response(404, _("There is nothing at this address."))
