"""Static files: their storage in production, under names that contain a hash of their content, and scripts that need an
address of their own."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our own scripts to hashed names.

    Django's own option would rewrite libraries, too, some of which import files that they do not ship.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (
                    r"""(?P<matched>import (?P<names>[^"';]+) from "(?P<url>\.\.?/[^"]+)";)""",
                    'import %(names)s from "%(url)s";',
                ),
            ),
        ),
    )


def script_response(name: str) -> HttpResponse:
    """A script of ours at the address of a view, which does not change with its content."""
    source = finders.find(name)
    if source is None:
        raise FileNotFoundError(name)
    return HttpResponse(Path(source).read_text(), content_type='text/javascript; charset="utf-8"')
