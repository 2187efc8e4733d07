"""Tables of films uploaded in the back office, stored between the preview and the import.

Each is stored in a folder that is not served: media/imports/<user>-<secret>/<file name>. A user has one upload at a
time; uploads older than a day are deleted at the next upload.
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from cinema.exceptions import DatabaseBusy, TableUnreadable, UploadExpired
from cinema.film_tables.plans import Choices, ImportPlan, plan_import
from cinema.models import FilmImport, User
from cinema.services.films.movie_import import ImportedTable, ImportReport, save_plan

LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_ROWS = 5_000  # takes a second or two
A_DAY = 24 * 60 * 60  # seconds
UPLOAD = re.compile(r"[0-9]+-[0-9a-f]{32}")


def keep_upload(*, name: str, chunks: Iterable[bytes], user: User) -> str:
    """Store a table in place of the user's last one; return its key.

    A table that cannot be imported is not stored: raises what read_upload() does, and TableUnreadable if it is larger
    than LARGEST_FILE.
    """
    _tidy(user)
    upload = f"{user.pk}-{secrets.token_hex(16)}"
    folder = _root() / upload
    folder.mkdir(parents=True)
    try:
        _write(folder / _plain(name), chunks)
        read_upload(upload=upload, user=user)
    except BaseException:
        discard_upload(upload=upload, user=user)
        raise
    return upload


def read_upload(*, upload: str, user: User, choices: Choices | None = None) -> tuple[str, ImportPlan]:
    """The name and the content of a stored file. Raises UploadExpired, TableUnreadable, TableTooLong."""
    path = next(_folder(upload, user).glob("*"), None)
    if path is None:
        raise UploadExpired
    try:
        return path.name, plan_import(path=path, choices=choices, most_rows=MOST_ROWS)
    except FileNotFoundError as error:
        raise UploadExpired from error


def import_upload(*, upload: str, user: User, update: bool, choices: Choices | None = None) -> ImportReport:
    """Import a stored file, once. Raises what read_upload() and save_plan() do; UploadExpired the second time."""
    name, plan = read_upload(upload=upload, user=user, choices=choices)
    try:
        report = save_plan(plan=plan, table=ImportedTable(name, upload), user=user, update=update)
    except DatabaseBusy as error:
        if report_of(upload=upload, user=user):
            raise UploadExpired from error
        raise
    discard_upload(upload=upload, user=user)
    return report


def report_of(*, upload: str, user: User) -> FilmImport | None:
    """The report of an imported file that ``user`` uploaded, or None."""
    return FilmImport.objects.filter(upload=upload, event__user=user).first()


def discard_upload(*, upload: str, user: User) -> None:
    """Delete a stored file. Safe to repeat."""
    shutil.rmtree(_folder(upload, user), ignore_errors=True)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise TableUnreadable(
                    path.name, _("the file is larger than %(size)d MB.") % {"size": LARGEST_FILE // 1024**2}
                )
            file.write(chunk)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _folder(upload: str, user: User) -> Path:
    """The folder of the file. Raises UploadExpired for an invalid key or another user's."""
    if not UPLOAD.fullmatch(upload) or not upload.startswith(f"{user.pk}-"):
        raise UploadExpired
    return _root() / upload


def _plain(name: str) -> str:
    try:
        return get_valid_filename(name)[-60:]
    except SuspiciousFileOperation:
        return "table"


def _tidy(user: User) -> None:
    """Delete this user's upload, and everybody's that are older than a day."""
    for folder in _root().glob("*-*"):
        with suppress(FileNotFoundError):  # another process may delete it first
            old = time.time() - folder.stat().st_mtime > A_DAY
            if old or folder.name.startswith(f"{user.pk}-"):
                shutil.rmtree(folder, ignore_errors=True)
