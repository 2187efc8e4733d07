"""Codes and references for many rows at once."""

from base64 import urlsafe_b64encode
from os import urandom

from cinema.models.codes import REFERENCE_ALPHABET, REFERENCE_LENGTH

REFERENCES = len(REFERENCE_ALPHABET) ** REFERENCE_LENGTH
SCATTER = 11_400_714_819  # has no factor in common with REFERENCES, so that no two keys give one reference


def code() -> str:
    """As models.codes.new_code(), which asks for randomness more slowly."""
    return urlsafe_b64encode(urandom(16))[:22].decode()


def reference(key: int) -> str:
    """A ticket's reference made of its key: no two keys have the same."""
    number, letters = key * SCATTER % REFERENCES, ""
    for _ in range(REFERENCE_LENGTH):
        number, digit = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[digit]
    return letters
