"""The PNG pictures of a pass for Apple Wallet: the cinema's logo, and an icon with its initial on its colour."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageOps

from cinema.domain.colours import light_shades
from cinema.exports.letters import Style

OWN_ACCENT = "#b8290f"  # of static/css/cinema.css
ICON, LOGO = 29, (160, 50)  # points
SCALES = {"": 1, "@2x": 2, "@3x": 3}
LETTER = 0.66  # font size, as a part of the icon's size


@lru_cache(maxsize=64)
def icons(name: str, accent: str) -> dict[str, bytes]:
    """The icon at each scale, by its file name."""
    return {f"icon{end}.png": _icon(name, accent or OWN_ACCENT, ICON * scale) for end, scale in SCALES.items()}


@lru_cache(maxsize=64)
def logos(picture: bytes) -> dict[str, bytes]:
    """The logo at each scale, by its file name."""
    with Image.open(io.BytesIO(picture)) as logo:
        drawn = logo.convert("RGBA")
    sizes = {end: (LOGO[0] * scale, LOGO[1] * scale) for end, scale in SCALES.items()}
    return {f"logo{end}.png": _png(ImageOps.contain(drawn, size)) for end, size in sizes.items()}


def _icon(name: str, accent: str, size: int) -> bytes:
    shades = light_shades(accent)
    style = Style(round(size * LETTER), bold=True)
    letter = next((each for each in style.known(name) if each.isalnum()), "★").upper()
    image = Image.new("RGB", (size, size), shades.accent)
    draw = ImageDraw.Draw(image)
    baseline = size / 2 + style.size * 0.36  # half the height of a capital letter below the middle
    style.draw(draw, letter, ((size - style.width(letter)) / 2, baseline), shades.accent_ink)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()
