"""Uploaded posters: checked, re-encoded and stored under a random name."""

import secrets
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cinema.exceptions import PosterUnusable
from cinema.models import AuditEvent, Movie, User
from cinema.services.core import audit
from cinema.services.core.locking import lock_movie
from cinema.services.core.transactions import after_commit, atomically

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 30_000_000  # 4,500 × 6,700; decoded it takes 120 MB at most
BOX = (1000, 1500)  # pixels: the largest width and height that are stored
QUALITY = 85
PAPER = (255, 252, 246)  # the colour behind transparent pixels


def set_poster(*, movie_id: int, picture: IO[bytes], user: User) -> Movie:
    """Give a film a poster, in place of its present one, whose file is deleted after the commit.

    The picture is stored as a new JPEG, within BOX, without metadata. Raises PosterUnusable, Movie.DoesNotExist.
    """
    image = encode_poster(picture=picture)
    name = default_storage.save(f"posters/{secrets.token_hex(16)}.jpg", ContentFile(image))
    try:
        return _point_to(movie_id=movie_id, name=name, user=user)
    except BaseException:
        default_storage.delete(name)
        raise


def remove_poster(*, movie_id: int, user: User) -> Movie:
    """Remove a film's poster; the generated one is shown again. Raises Movie.DoesNotExist."""
    return _point_to(movie_id=movie_id, name="", user=user)


@atomically
def _point_to(*, movie_id: int, name: str, user: User) -> Movie:
    movie = lock_movie(pk=movie_id)
    old = movie.poster.name
    if old == name:
        return movie
    movie.poster = name
    movie.save(update_fields=["poster"])
    audit.note(action=AuditEvent.Action.FILM, user=user, subject=movie, poster=[old, name])
    if old:
        after_commit(default_storage.delete, name=old)
    return movie


def encode_poster(*, picture: IO[bytes]) -> bytes:
    """Return ``picture`` as a JPEG within BOX, upright and without metadata. Raises PosterUnusable.

    Its size in bytes and pixels is checked before it is decoded.
    """
    if _length(picture) > LARGEST_FILE:
        raise PosterUnusable(
            _("The file is larger than %(size)d MB. Save the poster smaller.") % {"size": LARGEST_FILE // 1024**2}
        )
    try:
        with Image.open(picture, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            image.draft("RGB", BOX)  # decodes a JPEG at reduced size
            return _as_jpeg(image)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except PosterUnusable:
        raise
    except Exception as error:  # Pillow's readers raise nearly any exception for broken files
        raise PosterUnusable(_("This is not a picture we can read. Give a JPEG, PNG or WebP file.")) from error


def _length(picture: IO[bytes]) -> int:
    picture.seek(0, 2)
    length = picture.tell()
    picture.seek(0)
    return length


def _too_many_pixels() -> PosterUnusable:
    return PosterUnusable(
        _("The picture has more than %(number)d megapixels. Save the poster smaller.")
        % {"number": MOST_PIXELS // 1_000_000}
    )


def _as_jpeg(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("RGB", "L"):
        see_through = upright.has_transparency_data
        upright = upright.convert("RGBA" if see_through else "RGB")
    upright.thumbnail(BOX, Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", upright.size, PAPER)  # a new image, so only the pixels are copied
    canvas.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    out = BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
