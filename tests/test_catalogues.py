"""The catalogues of translations in ``cinema/locale/``: complete, well formed, and compiled."""

import gettext
import io
import os
import re
import shutil
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unicodedata import bidirectional

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(__file__).parents[1]
LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = sorted(folder.name for folder in LOCALE.iterdir())
PERCENT = re.compile(r"%\(\w+\)[.0-9]*[a-z]|%[sd%]")
TAG = re.compile(r"</?[a-z]\w*|\bhref=\"[^\"]*\"")


def catalogue(language: str, kind: str = "po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{kind}"


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def forms(message: Message) -> tuple[str, ...]:
    """The translations of a message: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def messages(language: str) -> Iterator[Message]:
    return (message for message in read(catalogue(language)) if message.id)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str | None, str]]:
    """Every text of the source, with its context, as `make messages` finds it."""
    if not shutil.which("xgettext"):
        pytest.skip("there is no xgettext on this machine (apt-get install gettext)")
    copy = tmp_path_factory.mktemp("source")
    for name in ("cinema", "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    (copy / "cinema" / "locale").mkdir()
    command = [sys.executable, "manage.py", "makemessages", "--locale", "de"]
    shutil.copy(ROOT / "manage.py", copy)
    environment = {"PATH": os.environ["PATH"], "DEBUG": "true"}
    made = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    found = read(copy / "cinema" / "locale" / "de" / "LC_MESSAGES" / "django.po")
    return {(message.context, originals(message)[0]) for message in found if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_other(language, extracted):
    found = {(message.context, originals(message)[0]) for message in messages(language)}

    assert sorted(extracted - found, key=str) == []
    assert sorted(found - extracted, key=str) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_is_complete_and_sure(language):
    assert [originals(message)[0] for message in messages(language) if not all(forms(message))] == []
    assert [originals(message)[0] for message in messages(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_places_to_fill_in(language):
    assert [fault for message in messages(language) if (fault := misfilled(message))] == []


def misfilled(message: Message) -> str:
    """The first form with other placeholders or tags than the original. One of several may lack the number."""
    wanted = originals(message)
    for form in forms(message):
        if places(form) in map(places, wanted):
            continue
        is_plural_without_number = len(wanted) > 1 and not places(form) - places(wanted[-1])
        if not is_plural_without_number:
            return f"{wanted[0]} -> {form}"
    return ""


def places(text: str) -> Counter[str]:
    """What is filled in, and the tags of HTML."""
    try:
        braces = [f"{{{name}}}" for _, name, *_ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        braces = []
    return Counter([*PERCENT.findall(text), *braces, *TAG.findall(text)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_the_original(language):
    """What stands before or after it is joined to it by white space alone."""
    for message in messages(language):
        first = originals(message)[0]
        for form in forms(message):
            assert (form == form.lstrip()) == (first == first.lstrip()), first
            assert (form == form.rstrip()) == (first == first.rstrip()), first


def test_what_is_filled_in_between_arabic_words_keeps_its_own_direction():
    """“2001: A Space Odyssey” would be turned round. U+2068 and U+2069 isolate it, but would become part of a URL."""
    bare = re.compile(r"(?<!\u2068)%\((?!url\))\w+\)s")
    for message in messages("ar"):
        if not (message.context or "").startswith("format of"):
            for form in forms(message):
                words = re.sub(r"<[^<>]*>", "", form)
                assert bare.fullmatch(words) or not bare.search(words), form


def test_arabic_without_a_word_of_its_own_says_that_it_runs_from_right_to_left():
    """“Friday, 20:15” is filled into other texts, where what is isolated in it tells nothing of its direction."""
    for message in messages("ar"):
        for form in forms(message):
            own = re.sub(r"\u2068[^\u2069]*\u2069|<[^<>]*>", "", form)
            directions = {bidirectional(letter) for letter in own}
            assert "\u2068" not in form or directions & {"L", "R", "AL"}, form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_the_same(language):
    """`make messages` compiles them; they are kept, so that a site needs no tool of gettext."""
    compiled = io.BytesIO()
    write_mo(compiled, read(catalogue(language)))
    compiled.seek(0)
    with catalogue(language, "mo").open("rb") as file:
        assert translations(file) == translations(compiled)


def translations(file) -> dict:
    found = dict(gettext.GNUTranslations(file)._catalog)
    found.pop("", None)
    return found


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("%(n)d seats", "Plätze"),
        ("%(n)d seats", "%(m)d Plätze"),
        ("Row {row}", "Reihe {reihe}"),
        ("by %s", "von"),
        ("<b>Paid</b>", "Bezahlt"),
        (("one seat", "%(n)d seats"), ("ein Platz", "%(m)d Plätze")),
    ],
)
def test_a_place_that_is_missing_or_another_is_noticed(original, translation):
    assert misfilled(Message(original, translation))


def test_a_form_for_one_may_say_the_number_in_a_word():
    assert not misfilled(Message(("%(n)d seat", "%(n)d seats"), ("ein Platz", "%(n)d Plätze")))


def test_every_language_that_the_site_offers_has_a_catalogue():
    assert {code for code, _ in settings.LANGUAGES} - {"en"} == set(LANGUAGES)
