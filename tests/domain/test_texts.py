"""Normalisation of texts and email addresses: cinema.domain.texts."""

import unicodedata
from unicodedata import normalize

import idna
import pytest

from cinema.domain.folding import fold, stored_words, typed_words
from cinema.domain.texts import mailbox, normalise_email, one_line, visible
from cinema.film_tables.vocabulary import without_blanks
from cinema.models.codes import reference_in

UNSEEN = [
    *("\u200b", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e"),  # zero width
    *("\u200e", "\u200f", "\u061c", "\u202a", "\u202e", "\u2066", "\u2069"),  # writing direction
    *("\u115f", "\u1160", "\u3164", "\uffa0", "\u17b5"),  # letters that are not visible
    *("\ufe0f", "\ufe00", "\U000e0041", "\U000e0101", "\ufff9"),  # variation selectors, tags and annotations
    *("\x08", "\x1b", "\x7f", "\x9f"),
]


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
def test_invisible_characters_are_removed(sign):
    assert visible(f"{sign}As{sign}ha{sign}") == "Asha"


@pytest.mark.parametrize("blank", ["\u2800", "\u3164", "\u2800 \u200b\u3000"], ids=ascii)
def test_a_text_of_blanks_is_empty(blank):
    assert one_line(blank) == ""


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"], ids=ascii)
def test_a_joiner_that_joins_nothing_is_removed(joiner):
    assert visible(f"{joiner}As{joiner}ha{joiner}") == "Asha"


@pytest.mark.parametrize("text", ["क्‍ष", "نامه‌ای", "രാജന്‍", "👩‍🎤", "❤️"], ids=ascii)
def test_a_joiner_stays_where_letters_or_pictures_need_it(text):
    assert visible(text) == text


def test_a_letter_and_its_accent_are_one_character():
    assert visible("Ame\u0301lie") == "Am\u00e9lie"


def test_line_breaks_are_kept():
    assert visible("one\ntwo\r\n") == "one\ntwo\r\n"
    assert one_line(" one\ntwo\u2028three\x85 ") == "one two three"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Asha.Rao@Example.ORG ", "asha.rao@example.org"),
        ("mi\u212ae@example.org", "mike@example.org"),  # the Kelvin sign
        ("\uff41sha\uff20example\uff0eorg", "asha@example.org"),  # full width
        ("as\u00adha\u200b@example.org", "asha@example.org"),
        ("asha@M\u00dcLLER.de", "asha@xn--mller-kva.de"),
        ("asha@mu\u0308ller.de", "asha@xn--mller-kva.de"),
        ("asha@stra\u00dfe.de", "asha@xn--strae-oqa.de"),  # another domain than strasse.de
        ("asha@\u65e5\u672c\u3002jp", "asha@xn--wgv71a.jp"),
        ("asha@[127.0.0.1]", "asha@[127.0.0.1]"),
    ],
    ids=ascii,
)
def test_an_email_address_has_one_form(typed, stored):
    assert normalise_email(typed) == stored
    assert normalise_email(stored) == stored


@pytest.mark.parametrize(
    ("email", "whose"),
    [
        ("asha@kino.example", "asha@kino.example"),
        ("asha+friends@kino.example", "asha@kino.example"),
        ("+asha@kino.example", "+asha@kino.example"),
        ("asha.rao@kino.example", "asha.rao@kino.example"),
        ("Asha.Rao+1@googlemail.com", "asharao@gmail.com"),
    ],
)
def test_addresses_of_one_mailbox_are_one_person(email, whose):
    assert mailbox(email) == whose


CHANGES = [visible, one_line, normalise_email, fold, typed_words, stored_words, reference_in, without_blanks]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("sign", ["\u0301", "\u0323\u0301", "\ufdfa"], ids=ascii)
def test_a_run_of_accents_is_normalised_in_pieces(change, sign, monkeypatch):
    """Its time grows with the square of its length: 20,000 accents take 0.25 s, 1.5 million more than 20 minutes."""
    pieces, domains = [], []
    monkeypatch.setattr(unicodedata, "normalize", lambda form, text: pieces.append(len(text)) or normalize(form, text))
    monkeypatch.setattr(idna, "encode", lambda domain, **options: domains.append(domain) or "")

    change("a@a" + sign * 10_000)

    assert max(pieces) <= 1_000
    assert not domains


@pytest.mark.parametrize("length", [10, 2_000])
def test_long_texts_are_normalised_like_short_ones(length):
    assert fold("Ame\u0301lie " * length) == " ".join(["amelie"] * length)
    assert visible("Ame\u0301lie " * length) == "Am\u00e9lie " * length
