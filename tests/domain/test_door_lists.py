"""The list that a phone keeps: sealed with the codes of the tickets on it."""

import secrets
from base64 import b64decode

from cinema.domain.door_lists import FINGERPRINT, ListedSeat, entry, fingerprint, sealed

CODE, SALT = "Abcdefghij_0123456789-", bytes([7]) * 12
SEATS = [ListedSeat("G8", 41, "0", ""), ListedSeat("G9", 42, "1", "i")]
SAID = b"G8\t41\t0\t\nG9\t42\t1\ti"


def test_an_entry_is_what_the_script_of_the_door_opens():
    """tests/js/door-list.test.mjs has the same entry."""
    assert entry(CODE, SALT, SEATS) == "keXueQ4N1u9SD6zEntOEmd0depMr8tSrksbhMj6i"


def test_the_language_of_a_guest_stands_behind_the_first_seat():
    whole = b64decode(entry(CODE, SALT, SEATS, "2"))
    assert sealed(whole[FINGERPRINT:], CODE, SALT) == b"G8\t41\t0\t\t2\nG9\t42\t1\ti"


def test_an_entry_is_found_and_opened_with_the_code():
    whole = b64decode(entry(CODE, SALT, SEATS))
    assert whole[:FINGERPRINT] == fingerprint(CODE, SALT)
    assert sealed(whole[FINGERPRINT:], CODE, SALT) == SAID


def test_another_code_or_salt_opens_nothing():
    whole = b64decode(entry(CODE, SALT, SEATS))
    for code, salt in ((CODE[::-1], SALT), (CODE, bytes(12))):
        assert whole[:FINGERPRINT] != fingerprint(code, salt)
        assert sealed(whole[FINGERPRINT:], code, salt) != SAID


def test_a_text_longer_than_a_block_is_sealed_without_repeating_itself():
    text = b"\0" * 100  # so that the keystream itself is seen
    stream = sealed(text, CODE, SALT)
    assert len({stream[at : at + 32] for at in range(0, 96, 32)}) == 3
    assert sealed(stream, CODE, SALT) == text


def test_two_lists_have_nothing_in_common():
    lists = [entry(CODE, secrets.token_bytes(12), SEATS) for _ in range(2)]
    assert lists[0][:16] != lists[1][:16] and lists[0][16:] != lists[1][16:]
