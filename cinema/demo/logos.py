"""The logo of a theatre of the demo: a tree beside its name, drawn for a dark and for a light ground."""

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from cinema.exports.letters import LetterStyle

GROUNDS = {"logo": "#f7ead3", "logo_on_light": "#1c1611"}  # the colour of the letters on each
SIZE, TREE = (520, 128), 128  # pixels
CROWN = ((64, 46, 36), (32, 60, 26), (96, 60, 26))  # circles: the middle and the radius of each
ROOTS = ((30, 5), (46, 5), (64, 9), (82, 5), (98, 5))  # from the crown to the ground: where, and how wide


def draw_logos(name: str, slug: str, accent: str) -> dict[str, str]:
    """Store the logo for each ground, unless it is there; return the names of the files by Appearance's fields."""
    files = {field: f"logos/{slug}-{field}.png" for field in GROUNDS}
    for field, file in files.items():
        if not default_storage.exists(file):
            default_storage.save(file, ContentFile(_drawn(name, accent, GROUNDS[field])))
    return files


def _drawn(name: str, accent: str, ink: str) -> bytes:
    image = Image.new("RGBA", SIZE)
    draw = ImageDraw.Draw(image)
    for x, width in ROOTS:
        draw.rectangle((x - width / 2, 60, x + width / 2, 118), ink)
    for x, y, radius in CROWN:
        draw.circle((x, y), radius, accent)
    style = LetterStyle(60, bold=True)
    style.draw(draw, name, (TREE + 14, 86), ink)
    file = io.BytesIO()
    image.crop(image.getbbox()).save(file, "png", optimize=True)
    return file.getvalue()
