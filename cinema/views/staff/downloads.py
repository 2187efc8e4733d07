"""Files to download in the back office."""

from collections.abc import Sequence

from django.http import Http404, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from cinema.exports import Sheet, csv, xlsx
from cinema.exports.gzip_stream import keep_alive
from cinema.models import Theatre
from cinema.services.core import audit
from cinema.web.http import StaffRequest

FORMATS = {"csv": csv, "xlsx": xlsx}


def send_sheets(
    request: StaffRequest, name: str, format: str, sheets: Sequence[Sheet], theatre: Theatre | None = None
) -> StreamingHttpResponse:
    """Stream sheets as a file in a format, and record who got it. Raises Http404 for an unknown format."""
    if format not in FORMATS:
        raise Http404
    file = f"{name}.{format}"
    audit.note(action=audit.Action.EXPORT, user=request.user, subject=file, theatre=theatre)
    pieces, headers = FORMATS[format].write(sheets), {"Content-Disposition": f'attachment; filename="{file}"'}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        pieces, headers["Content-Encoding"] = keep_alive(pieces), "gzip"
    response = StreamingHttpResponse(pieces, content_type=FORMATS[format].CONTENT_TYPE, headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
