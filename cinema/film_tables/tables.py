"""Opening of a film table: detects the encoding and the format, CSV or JSON."""

import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from cinema.exceptions import TableUnreadable
from cinema.film_tables.csv_tables import csv_table
from cinema.film_tables.encodings import Encoding, detect
from cinema.film_tables.json_tables import json_table
from cinema.film_tables.table import Table, wrong_encoding

HEAD = 65_536  # bytes or characters, enough to recognise a file
NOT_TEXT = {b"PK\x03\x04": "XLSX/ZIP", b"\xd0\xcf\x11\xe0": "XLS", b"\x1f\x8b": "GZIP", b"%PDF": "PDF",
            b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}  # fmt: skip

CUT_LETTER = re.compile(rb"[\xc0-\xff][\x80-\xbf]{0,2}\Z")


def open_table(path: Path, encoding: str = "", most_rows: int | None = None) -> Table:
    """Open the file at ``path``; its content decides the format. Raises TableUnreadable.

    The default ``encoding`` is detected. With ``most_rows``, a JSON file that needs far more memory is refused.
    """
    try:
        with path.open("rb") as file:
            _check_is_text(path.name, file.read(HEAD))
            file.seek(0)
            found = Encoding(encoding) if encoding else detect(_pieces(file))
        opened = partial(path.open, encoding=found.name, errors=found.errors, newline="")
        with opened() as file:
            start = file.read(HEAD).lstrip("\ufeff")
            if start.lstrip()[:1] in {"[", "{"}:
                return json_table(path.name, start + file.read(), found, most_rows)
    except OSError as error:
        raise TableUnreadable(str(path), error.strerror or str(error)) from error
    except (LookupError, UnicodeError) as error:
        raise wrong_encoding(path.name, error) from error
    return csv_table(path.name, opened, start, found)


def _check_is_text(name: str, head: bytes) -> None:
    for mark, kind in NOT_TEXT.items():
        if head.startswith(mark):
            raise TableUnreadable(name, _("this is %s, not text; save the table as CSV first.") % kind)


def _pieces(file: io.BufferedIOBase) -> Iterator[bytes]:
    """Yield a file in pieces of whole lines or, if lines are very long, of whole UTF-8 characters."""
    rest = b""
    while piece := file.read(HEAD):
        piece = rest + piece
        end = piece.rfind(b"\n") + 1 or len(CUT_LETTER.sub(b"", piece))
        rest = piece[end:]
        yield piece[:end]
    yield rest
