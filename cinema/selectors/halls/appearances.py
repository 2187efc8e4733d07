"""How the site and the pages about a theatre present themselves."""

from contextlib import suppress
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from cinema.domain.colours import is_colour
from cinema.domain.texts import initial
from cinema.models import Appearance, Theatre
from cinema.selectors.core.remembered import Remembered

SQUARE = 1.3  # of a logo that can be an icon, the longer side is at most so many times the shorter one


def _read_appearances() -> dict[int | None, Appearance]:
    """By the key of the theatre; None for the site's."""
    return {row.theatre_id: row for row in Appearance.objects.select_related("theatre")}


appearances = Remembered[dict[int | None, Appearance]](_read_appearances, empty={})


class ProfileLink(NamedTuple):
    """A page of the cinema elsewhere, with the name of its site: “instagram.com”."""

    url: str
    label: str


class Branding(NamedTuple):
    """What pages and mails show of an appearance. Texts are "" and files None if there are none.

    The cinema's icon is its ``square_logo``, the name of a stored file, or else a ``letter`` on its accent colour. It
    has neither if it has no name and no colour.
    """

    name: str
    letter: str
    square_logo: str
    logo: str | None
    logo_on_light: str | None
    accent: str
    announcement: str
    phone: str
    email: str
    links: tuple[ProfileLink, ...]


def look_of(theatre_id: int | None) -> Branding:
    """How pages about a theatre present themselves; with None, those of the site. Without a name it is “Cinema”.

    Every page shows it, so each process remembers all appearances for some seconds.
    """
    own, site = _own_and_site(theatre_id)
    with_logo = _with_logo(theatre_id)
    name, accent = own.name or site.name, next((each.accent for each in (own, site) if is_colour(each.accent)), "")
    return Branding(
        name=name or _("Cinema"),
        letter=initial(name or _("Cinema")) if name or accent else "",
        square_logo=_square(with_logo.logo.name or ""),
        logo=with_logo.logo.url if with_logo.logo else None,
        logo_on_light=with_logo.logo_on_light.url if with_logo.logo_on_light else None,
        accent=accent,
        announcement=_announced(own) or _announced(site),
        phone=own.phone or site.phone,
        email=own.email or site.email,
        links=_links(own.links or site.links),
    )


def logo_file(theatre_id: int | None) -> bytes | None:
    """The logo on dark of pages about a theatre; None without one, or if its file is lost."""
    name = _with_logo(theatre_id).logo.name
    return stored_picture(name) if name else None


def stored_picture(name: str) -> bytes | None:
    """The uploaded picture of this name; None if there is none."""
    with suppress(OSError), default_storage.open(name) as file:
        picture: bytes = file.read()
        return picture
    return None


def _square(logo: str) -> str:
    """The name, without folder and ending, of a stored logo that is about as high as wide; "" for any other."""
    with suppress(OSError):
        return Path(logo).stem if logo and _is_square(logo) else ""
    return ""


@lru_cache(maxsize=200)
def _is_square(logo: str) -> bool:
    """Whether a stored logo, whose content never changes, is about as high as wide. Raises OSError, uncached."""
    with default_storage.open(logo) as file, Image.open(file) as picture:
        return max(picture.size) <= SQUARE * min(picture.size)


def introduction_of(theatre: Theatre | None) -> str:
    """The text below the programme of a theatre or, with None, of the front page, in Markdown; "" without one."""
    appearance = appearances().get(theatre.pk if theatre else None)
    return appearance.localized.introduction if appearance else ""


def appearance_of(theatre: Theatre | None) -> Appearance:
    """The appearance of a theatre or, with None, of the site; a new one if it has none."""
    return Appearance.objects.filter(theatre=theatre).first() or Appearance(theatre=theatre)


def _own_and_site(theatre_id: int | None) -> tuple[Appearance, Appearance]:
    """The appearance of pages about a theatre, and that of the site."""
    known = appearances()
    site = known.get(None, Appearance())
    return (known.get(theatre_id, site) if theatre_id else site), site


def _with_logo(theatre_id: int | None) -> Appearance:
    own, site = _own_and_site(theatre_id)
    return own if own.logo or own.logo_on_light else site


def _announced(appearance: Appearance) -> str:
    until, announced = appearance.announced_until, appearance.localized.announcement
    if announced and until:
        zone = appearance.theatre.tz if appearance.theatre else UTC
        return announced if timezone.now().astimezone(zone).date() <= until else ""
    return announced


def _links(text: str) -> tuple[ProfileLink, ...]:
    links = (url for url in text.split() if url.startswith(("https://", "http://")))
    return tuple(ProfileLink(url, (urlsplit(url).hostname or url).removeprefix("www.")) for url in links)
