"""Files to download in the back office."""

from collections.abc import Sequence

from django.http import Http404, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from cinema.exports import Sheet, csv, xlsx
from cinema.exports.dialects import DIALECTS
from cinema.exports.gzip_stream import keep_alive
from cinema.models import Theatre
from cinema.services.core import audit
from cinema.web.http import StaffRequest

CONTENT_TYPES = {"csv": csv.CONTENT_TYPE, "xlsx": xlsx.CONTENT_TYPE}


def send_sheets(
    request: StaffRequest, name: str, format: str, sheets: Sequence[Sheet], theatre: Theatre | None = None
) -> StreamingHttpResponse:
    """Stream sheets as a file in a format, and record who got it.

    ``dialect`` of the query says how CSV is written: as the language's spreadsheets read it, if nothing else is asked
    for and no sheet is for programs, or plainly. Raises Http404 for an unknown format or dialect.
    """
    usual = "plain" if any(sheet.for_programs for sheet in sheets) else "spreadsheet"
    dialect = request.GET.get("dialect", usual)
    if format not in CONTENT_TYPES or dialect not in DIALECTS:
        raise Http404
    file = f"{name}.{format}"
    audit.note(action=audit.Action.EXPORT, user=request.user, subject=file, theatre=theatre)
    pieces = csv.write(sheets, DIALECTS[dialect]()) if format == "csv" else xlsx.write(sheets)
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        pieces, headers["Content-Encoding"] = keep_alive(pieces), "gzip"
    response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[format], headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
