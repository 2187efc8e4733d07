"""Codes that were never issued: random ones, and variations of real ones."""

import random
import string
from collections.abc import Iterable, Iterator

from cinema.models.codes import REFERENCE_ALPHABET, new_reference

URL_SAFE = string.ascii_letters + string.digits + "-_"
# What is read or typed for something else, and what looks the same in another script.
LOOKALIKES = str.maketrans("0O1lI5S8B2Z-_", "O0lI1S5B8Z2_-")
CONFUSABLES = str.maketrans("AaBcCeEHiIjKMoOpPTxXy", "АаВсСеЕНіІјКМоОрРТхХу")  # Latin by Cyrillic
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in string.ascii_letters + string.digits}


def made_up(number: int, chance: random.Random) -> Iterator[str]:
    """Random codes of the right alphabet and length."""
    return ("".join(chance.choices(URL_SAFE, k=22)) for _ in range(number))


def flipped(code: str) -> Iterator[str]:
    """Every code that differs by one bit from ``code``, if it is still text."""
    for place in range(len(code)):
        for bit in range(8):
            sign = chr(ord(code[place]) ^ (1 << bit))
            yield code[:place] + sign + code[place + 1 :]


def mistaken(code: str) -> Iterator[str]:
    """Probable misreadings of ``code``; some of them equal it after normalisation."""
    yield from (code.lower(), code.upper(), code.swapcase(), code.title(), code[::-1])
    yield from (code.translate(table) for table in (LOOKALIKES, CONFUSABLES, FULL_WIDTH))
    yield from (code[:length] for length in range(len(code)))
    yield from (code[start:] for start in range(1, len(code)))
    yield from (code + more for more in ("=", "==", "A", "-", "_", " ", "\n", "%", "%00", "*", "\u200b", "\0", code))
    yield from (more + code for more in (" ", "\t", "\ufeff", "/", "../", "A"))
    yield from ("", "%", "_" * len(code), "%" * len(code), "*", ".*", "' OR '1'='1", "null", "None", "0", "{}")


def forgeries(codes: Iterable[str], number: int, seed: int) -> list[str]:
    """So many different codes, none of ``codes``, that can be sent to a database."""
    real, chance = set(codes), random.Random(seed)
    found = {forged for code in real for way in (flipped, mistaken) for forged in way(code)} - real
    found = {code for code in found if "\0" not in code}
    found.update(made_up(number - len(found), chance))
    return sorted(found)


def references(number: int, seed: int) -> Iterator[str]:
    """Random references of the right alphabet and length."""
    chance = random.Random(seed)
    return ("".join(chance.choices(REFERENCE_ALPHABET, k=len(new_reference()))) for _ in range(number))
