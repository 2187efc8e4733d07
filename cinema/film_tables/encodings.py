"""Detection of the encoding of a file, and repair of texts that were decoded wrongly before."""

import codecs
import re
from collections.abc import Iterable
from typing import NamedTuple

from charset_normalizer import CharsetMatch, from_bytes
from django.utils.translation import gettext_lazy as _

SAMPLE = 65_536  # bytes of lines that are not ASCII, enough to recognise the language
SCAN = 32 * 1024 * 1024  # bytes searched for such lines
NEARLY = 0.02  # guesses whose scores differ by less are equal; then the more common encoding counts

UTF_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}
# The encodings that are detected, the more common first, with their display names.
NAMES = {
    "cp1252": _("Western European (Windows-1252)"),
    "cp1250": _("Central European (Windows-1250)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "cp932": _("Japanese (Shift-JIS)"),
    "gb18030": _("Chinese, simplified (GBK, GB 18030)"),
    "big5": _("Chinese, traditional (Big5)"),
    "cp949": _("Korean (EUC-KR)"),
    "euc_jp": _("Japanese (EUC-JP)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "koi8_r": _("Cyrillic (KOI8-R)"),
    "iso8859_2": _("Central European (ISO 8859-2)"),
    "mac_roman": _("Western European (Mac)"),
    "cp850": _("Western European (DOS)"),
    "cp866": _("Cyrillic (DOS)"),
}
CHOICES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    **NAMES,
}

LETTER = r"[^\W\d_]"
# Sequences that occur in no language, but result from decoding with the wrong encoding.
GARBLED = re.compile(
    rf"{LETTER}[‡†‰¤¦¬¶§±ˆ˜¨´¸]|[‡†‰¤¦¬¶¨¸]{LETTER}|{LETTER}[³²¹£¢¥¿¡]{LETTER}"  # DÈj‡, ca³a
    r"|[ÃÂÐÑ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"  # Ã©: UTF-8 read as Windows-1252
    r"|[a-z][ÀÁÂÄÇÈÉÊËÌÍÎÏÑÒÓÔÖÙÚÛÜ][a-z\s]|\b[À-ÿ]{4,}"  # Ëåâèàôàí
    r"|\ufffd|[a-z]\?[a-z]"
)
TWO_SCRIPTS = re.compile("[a-zA-Z][\u0370-\u04ff]|[\u0370-\u04ff][a-zA-Z]")
# Pairs of the encoding that was used wrongly and the right one.
MISREAD = [("cp1252", "utf-8"), ("latin-1", "utf-8"), ("mac_roman", "cp1252"), ("cp1252", "cp1251"),
           ("cp1252", "cp1250"), ("cp1252", "mac_roman"), ("cp1252", "cp932"), ("cp1252", "gb18030")]  # fmt: skip


class Encoding(NamedTuple):
    """A codec by ``name``, and its error handler for invalid bytes."""

    name: str
    errors: str = "strict"

    def __str__(self) -> str:
        return str(CHOICES.get(self.name, self.name.upper().removesuffix("-SIG")))


def detect(pieces: Iterable[bytes]) -> Encoding:
    """Detect the encoding of a file, given in pieces of whole lines.

    By the byte order mark; else UTF-8 if at least half of the lines that are not ASCII are valid UTF-8 (then invalid
    bytes are read as Windows-1252: the table was pasted together from both); else by the letters, one of NAMES.
    """
    other: list[bytes] = []
    size = seen = wide = 0
    for piece in pieces:
        if not seen and (marked := _marked(piece[:64])):
            return Encoding(marked)
        seen += len(piece)
        for line in () if piece.isascii() else piece.splitlines(keepends=True):
            if not line.isascii():
                try:
                    line.decode()
                    wide += 1
                except UnicodeDecodeError:
                    other.append(line[: SAMPLE - size])
                    size += len(other[-1])
        if size >= SAMPLE or seen > SCAN:
            break
    return Encoding("utf-8-sig", "windows") if len(other) <= wide else _guess(b"".join(other))


def decode(content: bytes, encoding: str = "") -> tuple[str, Encoding]:
    """Decode a whole file; return the text and the encoding. Raises UnicodeError or LookupError."""
    found = Encoding(encoding) if encoding else detect([content])
    return content.decode(found.name, found.errors).removeprefix("\ufeff"), found


def mended(text: str) -> str | None:
    """Repair a garbled text; "" if that is impossible, None if the text is not garbled."""
    if (text.isascii() and "?" not in text) or not GARBLED.search(text):
        return None
    for wrong, right in MISREAD:
        try:
            better = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        if not _garbled(better) and all(c.isascii() or c.isalpha() or c in "’‘“”–…" for c in better):
            return better
    return ""


def _marked(head: bytes) -> str:
    """UTF-8, UTF-16 or UTF-32 by the byte order mark, or UTF-16 by a null byte at the start; else ""."""
    for mark, encoding in UTF_MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head[:2]:
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return ""


def _guess(sample: bytes) -> Encoding:
    """The encoding in which the sample is most like a language; of equal ones the more common."""
    # One at a time, because of similar encodings charset_normalizer tries only the first.
    matches = [match for name in NAMES for match in from_bytes(sample, cp_isolation=[name])]
    if not matches:
        return Encoding("cp1252", "replace")
    best = min(matches, key=lambda match: (match.chaos, -match.coherence))
    ranked = [match.encoding for match in matches if _nearly(match, best)]
    ranked += [match.encoding for match in sorted(matches)]
    clean = (name for name in ranked if not _garbled(sample.decode(name, "replace")))
    return Encoding(next(clean, ranked[0]), "replace")


def _garbled(text: str) -> bool:
    return bool(GARBLED.search(text) or TWO_SCRIPTS.search(text))


def _nearly(match: CharsetMatch, best: CharsetMatch) -> bool:
    return match.chaos - best.chaos < NEARLY and best.coherence - match.coherence < NEARLY


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Error handler that decodes invalid bytes as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("windows", _as_windows)
