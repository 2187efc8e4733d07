"""Normalisation of texts and email addresses before they are stored, and parts of them."""

import re
import unicodedata
from typing import Literal

import idna

# Letters and emoji that may have joiners between them: Arabic to Mongolian, more Indic scripts, pictures.
JOINED = "\u0600-\u1cff\ua800-\uabff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"  # after one of these a joiner may end a word
PICTURES = "\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"  # shown in colour with U+FE0F after them
INVISIBLE = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters except white space; NUL stays, and fields reject it
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb"
    "\u061c\u200e\u200f\u202a-\u202e"  # marks of the writing direction
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    f"|(?<![{JOINED}])[\u200c\u200d]|(?<![{VIRAMAS}])[\u200c\u200d](?![{JOINED}])"
    f"|(?<![{PICTURES}])\ufe0f"
)
SHORT = 1_000  # characters
PIECE = re.compile(r"\S{1,100}")
BLANK = "\u2800"  # Braille without a dot: looks like a space, but Unicode does not count it as one


def visible(text: str) -> str:
    """Return ``text`` in NFC without invisible characters, which could make different names look alike or empty.

    Joiners stay where letters (Persian, Hindi, …) and emoji need them.
    """
    return INVISIBLE.sub("", normalise("NFC", text.replace(BLANK, " ")))


def normalise(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return ``text`` in a normal form of Unicode.

    A long text is normalised in pieces, because the time for a run of accents grows with the square of its length.
    """
    if len(text) <= SHORT:
        return unicodedata.normalize(form, text)
    return PIECE.sub(lambda piece: unicodedata.normalize(form, piece[0]), text)


def one_line(text: str) -> str:
    """Return the visible text, with each line break and run of spaces replaced by one space."""
    return " ".join(visible(text).split())


def initial(name: str) -> str:
    """The first letter or digit of a name as a capital; “★” without one."""
    return next((each for each in name if each.isalnum()), "★").upper()[0]


def normalise_email(text: str) -> str:
    """Return an email address as it is stored, compared and used: in lower case, with its domain in ASCII (IDNA).

    “Miℳe＠Müller.DE” becomes “mime@xn--mller-kva.de”. A domain that IDNA does not allow is left in lower case.
    """
    email = normalise("NFKC", visible(text)).strip().lower()
    local, at, domain = email.rpartition("@")
    if domain.isascii() or len(email) > SHORT:
        return email
    try:
        return local + at + idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return email


def mailbox(email: str) -> str:
    """Return the mailbox to which a normalised address leads, so that nobody counts as several people.

    “Asha.Rao+cinema@googlemail.com” becomes “asharao@gmail.com”: what follows a plus sign does not count, nor do dots
    at Gmail.
    """
    local, at, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return local + at + domain


def readable_email(email: str) -> str:
    """Return a normalised address with its domain in Unicode, for display."""
    local, at, domain = email.rpartition("@")
    try:
        return local + at + idna.decode(domain) if "xn--" in domain else email
    except idna.IDNAError:
        return email
