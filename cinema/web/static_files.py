"""Storage of static files in production, under names that contain a hash of their content."""

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
