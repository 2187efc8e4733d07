"""Uploaded pictures: checked before they are decoded, and encoded anew, so that only their pixels are kept."""

import secrets
from collections.abc import Callable
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cinema.exceptions import PictureUnusable

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 30_000_000  # 4,500 × 6,700; decoded it takes 120 MB at most
QUALITY = 85
PAPER = (255, 252, 246)  # the colour behind transparent pixels of a JPEG


def jpeg_of(*, picture: IO[bytes], box: tuple[int, int]) -> bytes:
    """Return ``picture`` as a JPEG within ``box`` pixels, upright and without metadata. Raises PictureUnusable."""

    def encode(image: Image.Image) -> bytes:
        image.draft("RGB", box)  # decodes a JPEG at reduced size
        upright = _upright(image, box)
        canvas = Image.new("RGB", upright.size, PAPER)  # a new image, so only the pixels are copied
        canvas.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
        return _saved(canvas, "JPEG", quality=QUALITY, progressive=True)

    return _encoded(picture, encode)


def png_of(*, picture: IO[bytes], box: tuple[int, int]) -> bytes:
    """Return ``picture`` as a PNG within ``box`` pixels, without its transparent margin and metadata.

    Raises PictureUnusable.
    """

    def encode(image: Image.Image) -> bytes:
        drawn = _upright(image, box, margin=False)
        canvas = Image.new(drawn.mode, drawn.size)
        canvas.paste(drawn)
        return _saved(canvas, "PNG")

    return _encoded(picture, encode)


def store(*, picture: bytes, folder: str, ending: str) -> str:
    """Store a picture under a random name and return it: “posters/….jpg”."""
    return default_storage.save(f"{folder}/{secrets.token_hex(16)}.{ending}", ContentFile(picture))


def _encoded(picture: IO[bytes], encode: Callable[[Image.Image], bytes]) -> bytes:
    """Open a picture whose size in bytes and pixels is checked before it is decoded."""
    if _length(picture) > LARGEST_FILE:
        raise PictureUnusable(
            _("The file is larger than %(size)d MB. Please save a smaller picture.") % {"size": LARGEST_FILE // 1024**2}
        )
    try:
        with Image.open(picture, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            return encode(image)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except PictureUnusable:
        raise
    except Exception as error:  # Pillow's readers raise nearly any exception for broken files
        raise PictureUnusable(_("This is not a picture we can read. Give a JPEG, PNG or WebP file.")) from error


def _length(picture: IO[bytes]) -> int:
    picture.seek(0, 2)
    length = picture.tell()
    picture.seek(0)
    return length


def _too_many_pixels() -> PictureUnusable:
    return PictureUnusable(
        _("The picture has more than %(number)d megapixels. Please save a smaller one.")
        % {"number": MOST_PIXELS // 1_000_000}
    )


def _upright(image: Image.Image, box: tuple[int, int], *, margin: bool = True) -> Image.Image:
    """The picture as it is meant to be seen, in RGB, RGBA or grey, made smaller to fit into ``box``."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    if not margin and upright.mode == "RGBA":
        upright = upright.crop(upright.getchannel("A").getbbox())
    upright.thumbnail(box, Image.Resampling.LANCZOS)
    return upright


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, optimize=True, **options)
    return out.getvalue()
