"""Meanings of age certificates: India, the British Isles, North America, Germany, France, and plain ages."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

ADULT = 18
ADULTS_ONLY = {"A", "X", "R18", "NC-17"}
LIMITING = {"UA", "12A", "15A", "R", "S"}  # beside ages and what is for adults only
AGES = {"UA": 12, "R": 17, "S": ADULT, "PG": 1}  # of certificates without a number
ASKED_FROM = 12  # years; younger children seldom have a document
AGE = re.compile(r"(?:FSK[ -]?)?(\d{1,2})\+?")
GUIDED = re.compile(r"UA[ -]?(\d{1,2})\+?")


class Certificate(NamedTuple):
    """An age certificate. ``meaning`` is a sentence, "" if unknown; ``adults_only`` excludes everybody under 18;
    ``limits`` says that it keeps some people out, so that the age is looked at; ``asks_proof`` that people of that age
    should bring a document."""

    meaning: str
    adults_only: bool
    limits: bool = False
    asks_proof: bool = False


def certificate(text: str) -> Certificate:
    """Parse the certificate of a film, such as “UA 16+”."""
    code = text.strip().upper()
    age = AGE.fullmatch(code)
    adults_only = code in ADULTS_ONLY or bool(age and int(age[1]) >= ADULT)
    asks_proof = adults_only or code == "R" or bool(age and int(age[1]) >= ASKED_FROM)
    limits = adults_only or bool(age and int(age[1])) or code in LIMITING or bool(GUIDED.fullmatch(code))
    meaning = _("Adults only (18 and over).") if adults_only else _meaning(code)
    return Certificate(meaning, adults_only, limits, asks_proof)


def strictest(texts: Iterable[str]) -> str:
    """The strictest of the certificates of films that are shown together; "" if none has one.

    A certificate of unknown meaning ranks below every one that is known to limit admission.
    """
    return max(texts, key=_strictness, default="")


def _strictness(text: str) -> tuple[bool, int, bool]:
    """A sort key: whether the certificate limits admission, from which age, and whether there is one at all."""
    code, rule = text.strip().upper(), certificate(text)
    years = [int(number) for number in re.findall(r"\d+", code)]
    age = ADULT if rule.adults_only else AGES.get(code) or next(iter(years), 0)
    return rule.limits, age, bool(code)


def _meaning(code: str) -> str:
    if code in {"FSK 12", "FSK-12", "FSK12"}:  # § 11 (2) JuSchG
        return _("For ages 12 and over; from 6 with a parent.")
    if (age := AGE.fullmatch(code)) and int(age[1]):
        return _("For ages %(age)s and over.") % {"age": int(age[1])}
    if guided := GUIDED.fullmatch(code):
        return _("Parents decide for children under %(age)s.") % {"age": int(guided[1])}
    meanings = {
        "0": _("For all ages."),
        "FSK 0": _("For all ages."),
        "U": _("For all ages."),
        "G": _("For all ages."),
        "UA": _("Children under 12 only with a parent or guardian."),
        "TP": _("For all ages."),
        "12A": _("Children under 12 only with an adult."),
        "15A": _("Children under 15 only with an adult."),
        "PG": _("Parental guidance: some scenes may not suit young children."),
        "PG-13": _("Some scenes may not suit children under 13."),
        "R": _("Under 17 only with a parent or guardian."),
        "S": _("For members of certain professions only."),
    }
    return meanings.get(code, "")
