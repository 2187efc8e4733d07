"""The demo's texts in other languages."""

import json
from pathlib import Path

_KNOWN = json.loads(Path(__file__).with_name("translations.json").read_text(encoding="utf-8"))


def translations_of(text: str) -> dict[str, str]:
    """The translations of a name or a text of the demo, by language; none if there are none."""
    return _KNOWN["texts"].get(text, {})


def film_translations(title: str) -> dict[str, dict[str, str]]:
    """The translations of a film's texts, by the names of their columns."""
    return {f"{name}_translations": texts for name, texts in _KNOWN["films"].get(title, {}).items()}
