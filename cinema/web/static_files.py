"""How the site's own files are served in production: under names that change with what is in them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Our scripts import one another by names that change, too. Those of libraries are left as they are: Django's own
    switch for this would read all of them, and some import what they do not ship."""

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
