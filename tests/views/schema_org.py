"""A reader of structured data that knows nothing of the code that writes it: schema.org's vocabulary, and what Google
asks of events and films (developers.google.com/search/docs/appearance/structured-data).
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Thing = dict[str, Any]
VOCABULARY = json.loads((Path(__file__).parent / "data" / "schema_org.json").read_text())
CLASSES, PROPERTIES, ENUMERATIONS = (VOCABULARY[name] for name in ("classes", "properties", "enumerations"))
REQUIRED = {
    "ScreeningEvent": ["name", "startDate", "location", "workPresented"],
    "Movie": ["name", "image"],
    "MovieTheater": ["name", "address"],
    "PostalAddress": ["streetAddress", "addressLocality"],
    "AggregateOffer": ["lowPrice", "priceCurrency", "availability", "url"],
    "Offer": ["availability", "url"],
    "BreadcrumbList": ["itemListElement"],
    "ItemList": ["itemListElement"],
    "ListItem": ["position"],
    "Person": ["name"],
}


class Blocks(HTMLParser):
    """Collects the JSON-LD blocks of a page, as a browser delimits them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.blocks: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = (tag, dict(attributes).get("type")) == ("script", "application/ld+json")
        if self.inside:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.blocks[-1] += data


def things(page: str) -> list[Thing]:
    """The things in the graph of a page, which has one block of data."""
    reader = Blocks()
    reader.feed(page)
    [block] = reader.blocks
    data = json.loads(block)
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def the(kind: str, found: list[Thing]) -> Thing:
    """The only thing of this class, with the things that it names by their keys in their places."""
    [thing] = [thing for thing in found if thing["@type"] == kind]
    by_id = {thing["@id"]: thing for thing in found if "@id" in thing}
    return {name: by_id[value["@id"]] if _is_reference(value) else value for name, value in thing.items()}


def complaints(found: list[Thing]) -> list[str]:
    """What schema.org or Google would not understand, or would miss."""
    by_id = {thing["@id"]: thing for thing in found if "@id" in thing}
    return [sentence for thing in found for sentence in _complaints(thing, by_id)]


def _complaints(thing: Thing, by_id: dict[str, Thing]) -> Iterator[str]:
    kind = thing["@type"]
    if kind not in CLASSES:
        yield f"{kind} is no class"
        return
    yield from (f"{kind} has no {name}" for name in REQUIRED[kind] if not thing.get(name))
    if kind == "ListItem" and not (thing.get("url") or (thing.get("name") and thing.get("item"))):
        yield "ListItem leads nowhere"
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        known = PROPERTIES.get(name, {"of": [], "takes": []})
        if not set(known["of"]) & set(_with_parents(kind)):
            yield f"{kind} has no property {name}"
        for each in value if isinstance(value, list) else [value]:
            if _is_reference(each) and each["@id"] not in by_id:
                yield f"{name} names {each['@id']}, which is not there"
            elif not any(_fits(each, kind, by_id) for kind in known["takes"]):
                yield f"{name} cannot be {each!r}"
            if isinstance(each, dict) and "@type" in each:
                yield from _complaints(each, by_id)


def _fits(value: Any, kind: str, by_id: dict[str, Thing]) -> bool:
    if isinstance(value, dict):
        return kind in _with_parents(by_id.get(value.get("@id", ""), value)["@type"])
    if kind in ENUMERATIONS:
        return value in ENUMERATIONS[kind]
    if kind in ("Integer", "Number"):
        return bool(re.fullmatch(r"\d+(\.\d+)?", str(value))) and Decimal(str(value)) >= 0
    if not isinstance(value, str):
        return False
    match kind:
        case "Text":
            return bool(value.strip())
        case "URL" | "Thing":  # a thing may be named by its address
            return bool(urlsplit(value).scheme and urlsplit(value).netloc)
        case "Date":
            return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value) and date.fromisoformat(value))
        case "DateTime":
            return "T" in value and datetime.fromisoformat(value).tzinfo is not None
        case "Duration":
            return bool(re.fullmatch(r"PT\d+M", value))
    return False


def _with_parents(kind: str) -> list[str]:
    return [kind, *(each for parent in CLASSES[kind] for each in _with_parents(parent))]


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and list(value) == ["@id"]
