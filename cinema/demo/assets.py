"""Static files of the demo's server: collected and compressed if they have changed, without unused ones."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

UNUSED = [
    "bootstrap/js/*",
    "bootstrap/css/bootstrap-*",
    "bootstrap/css/bootstrap.css*",
    "bootstrap/css/*.rtl.css*",
    "django_htmx/ext/ht*",
    "django_htmx/ext/hx-[!s]*",
    "django_htmx/ext/*-4*",
    "django_htmx/htm*-4*",
    "jquery.js",  # the admin uses the minified ones
    "select2.full.js",
    "xregexp.js",
]


def collect() -> bool:
    """Bring STATIC_ROOT up to date; return whether it was outdated."""
    stamp = settings.STATIC_ROOT / "sources.sha256"
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """Return a digest of the names, sizes and times of all files that would be collected, and of the storage class."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list(UNUSED):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()
