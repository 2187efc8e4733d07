"""Codes and references for bulk inserts."""

from base64 import urlsafe_b64encode
from os import urandom

from cinema.models.codes import REFERENCE_ALPHABET, REFERENCE_LENGTH

REFERENCES = len(REFERENCE_ALPHABET) ** REFERENCE_LENGTH
SCATTER = 11_400_714_819  # coprime to REFERENCES, so that every key gives a different reference


def code() -> str:
    """A code as by models.codes.new_code(), but faster."""
    return urlsafe_b64encode(urandom(16))[:22].decode()


def reference(key: int) -> str:
    """A unique reference made from a ticket's key."""
    number, letters = key * SCATTER % REFERENCES, ""
    for _ in range(REFERENCE_LENGTH):
        number, digit = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[digit]
    return letters
