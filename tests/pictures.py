"""Picture files for tests of uploads."""

from io import BytesIO
from typing import Any

from PIL import Image


def picture(width: int = 60, height: int = 90, mode: str = "RGB", kind: str = "PNG", **options: Any) -> BytesIO:
    """A picture file in one colour."""
    file = BytesIO()
    Image.new(mode, (width, height), "red" if mode != "L" else 120).save(file, kind, **options)
    file.seek(0)
    return file
