"""The PNG pictures of a pass for Apple Wallet: the cinema's logo, and an icon with its initial on its colour."""

import io
from functools import lru_cache

from PIL import Image, ImageOps

from cinema.domain.colours import OWN_ACCENT
from cinema.domain.texts import initial
from cinema.exports.icon_png import Icon, letter_icon

ICON, LOGO = 29, (160, 50)  # points
SCALES = {"": 1, "@2x": 2, "@3x": 3}


def icons(name: str, accent: str) -> dict[str, bytes]:
    """The icon at each scale, by its file name."""
    drawn = {end: letter_icon(initial(name), accent or OWN_ACCENT, Icon(ICON * scale)) for end, scale in SCALES.items()}
    return {f"icon{end}.png": icon for end, icon in drawn.items()}


@lru_cache(maxsize=64)
def logos(picture: bytes) -> dict[str, bytes]:
    """The logo at each scale, by its file name."""
    with Image.open(io.BytesIO(picture)) as logo:
        drawn = logo.convert("RGBA")
    sizes = {end: (LOGO[0] * scale, LOGO[1] * scale) for end, scale in SCALES.items()}
    return {f"logo{end}.png": _png(ImageOps.contain(drawn, size)) for end, size in sizes.items()}


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()
