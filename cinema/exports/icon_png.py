"""Icons of a cinema for browsers and home screens: the first letter of its name on its colour, or its logo."""

import io
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from cinema.domain.colours import light_shades
from cinema.domain.texts import initial
from cinema.exports.letters import LetterStyle

GROUND = "#1a1410"  # of the header, for which logos are made
LETTER = 0.66  # font size, as a part of the icon's size
MASKED = 0.72  # how large a drawing is where a phone cuts the icon to a circle, as a part of its usual size


class Icon(NamedTuple):
    """A square of ``size`` dots; ``masked`` if its edges may be cut off."""

    size: int
    masked: bool = False


ICONS = {"180": Icon(180), "192": Icon(192), "512": Icon(512), "maskable": Icon(512, masked=True)}


@lru_cache(maxsize=128)
def letter_icon(letter: str, accent: str, icon: Icon) -> bytes:
    """A letter on the accent colour, or on a darker shade on which it can be read."""
    shades, part = light_shades(accent), MASKED if icon.masked else 1
    style = LetterStyle(round(icon.size * LETTER * part), bold=True)
    known = initial(style.known(letter))
    image = Image.new("RGB", (icon.size, icon.size), shades.accent)
    baseline = icon.size / 2 + style.size * 0.36  # half the height of a capital letter below the middle
    style.draw(ImageDraw.Draw(image), known, ((icon.size - style.width(known)) / 2, baseline), shades.accent_ink)
    return _png(image)


@lru_cache(maxsize=16)
def logo_icon(picture: bytes, icon: Icon) -> bytes:
    """A logo as large as it fits, on the ground it is made for."""
    box = round(icon.size * (MASKED if icon.masked else 1))
    with Image.open(io.BytesIO(picture)) as logo:
        drawn = ImageOps.contain(logo.convert("RGBA"), (box, box), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (icon.size, icon.size), GROUND)
    image.alpha_composite(drawn, ((icon.size - drawn.width) // 2, (icon.size - drawn.height) // 2))
    return _png(image.convert("RGB"))


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()
