"""Uploaded posters: what is stored and what is rejected."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from cinema.exceptions import PosterUnusable
from cinema.models import AuditEvent, Movie
from cinema.services.films import posters
from cinema.services.films.posters import encode_poster, remove_poster, set_poster
from tests.factories import MovieFactory, UserFactory


def picture(width: int = 60, height: int = 90, mode: str = "RGB", kind: str = "PNG", **options) -> BytesIO:
    """A picture file in one colour."""
    file = BytesIO()
    Image.new(mode, (width, height), "red" if mode != "L" else 120).save(file, kind, **options)
    file.seek(0)
    return file


def claiming(width: int, height: int) -> BytesIO:
    """A small PNG whose header claims so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b""))


def read(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_poster_becomes_a_jpeg_of_our_own(kind):
    kept = read(encode_poster(picture=picture(kind=kind)))

    assert (kept.format, kept.size, kept.mode) == ("JPEG", (60, 90), "RGB")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_any_kind_of_colours_will_do(mode):
    file = BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (6, 9)).save(file, kind)

    assert read(encode_poster(picture=file)).mode == "RGB"


def test_what_is_transparent_shows_the_paper():
    file = BytesIO()
    Image.new("RGBA", (60, 90), (0, 0, 0, 0)).save(file, "PNG")

    pixel = read(encode_poster(picture=file)).getpixel((30, 45))

    assert all(abs(a - b) < 6 for a, b in zip(pixel, posters.PAPER, strict=True))


def test_a_large_picture_is_made_to_fit_and_keeps_its_shape():
    assert read(encode_poster(picture=picture(2000, 3600, kind="JPEG"))).size == (833, 1500)


def test_a_photograph_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side

    assert read(encode_poster(picture=picture(90, 60, kind="JPEG", exif=exif))).size == (60, 90)


def test_nothing_but_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "where and when"
    kept = read(encode_poster(picture=picture(kind="JPEG", exif=exif, comment=b"secret", icc_profile=b"x" * 200)))

    assert not kept.getexif()
    assert not {"comment", "icc_profile", "exif"} & kept.info.keys()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x00" * 2000,
        b"%PDF-1.7",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"\xff\xd8\xff\xe0" + b"\x00" * 50,
        picture().getvalue()[:60],
        picture(600, 900, kind="JPEG").getvalue()[:700],
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(PosterUnusable, match="JPEG, PNG or WebP"):
        encode_poster(picture=BytesIO(data))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_of_pictures_are_refused(kind):
    with pytest.raises(PosterUnusable):
        encode_poster(picture=picture(kind=kind))


@pytest.mark.parametrize("size", [(6000, 5001), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_of_pixels_is_refused_before_it_is_decoded(monkeypatch, size):
    monkeypatch.setattr(Image.Image, "thumbnail", None)
    monkeypatch.setattr(posters, "_as_jpeg", None)

    with pytest.raises(PosterUnusable, match="megapixels"):
        encode_poster(picture=claiming(*size))


def test_a_picture_that_lies_about_its_size_is_refused():
    with pytest.raises(PosterUnusable):
        encode_poster(picture=claiming(1000, 1000))


def test_a_file_that_is_too_large_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(Image, "open", None)
    monkeypatch.setattr(posters, "LARGEST_FILE", 1000)

    with pytest.raises(PosterUnusable, match="larger than"):
        encode_poster(picture=BytesIO(bytes(1001)))


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def movie(db):
    return MovieFactory()


@pytest.fixture
def kept(settings, tmp_path):
    """The directory of stored posters and its files."""
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(path.name for path in Path(tmp_path, "posters").glob("*"))


def test_the_file_has_a_random_name(movie, user, kept):
    set_poster(movie_id=movie.pk, picture=picture(), user=user)

    name = Movie.objects.get().poster.name
    assert kept() == [name.removeprefix("posters/")]
    assert len(name) == len("posters/") + 32 + len(".jpg")
    assert AuditEvent.objects.get().details == {"poster": ["", name]}


def test_the_old_file_goes_when_the_new_one_is_saved(movie, user, kept, django_capture_on_commit_callbacks):
    set_poster(movie_id=movie.pk, picture=picture(), user=user)
    old = kept()
    with django_capture_on_commit_callbacks(execute=True):
        set_poster(movie_id=movie.pk, picture=picture(), user=user)

    assert len(kept()) == 1
    assert kept() != old


def test_the_old_file_stays_until_the_commit(movie, user, kept, django_capture_on_commit_callbacks):
    set_poster(movie_id=movie.pk, picture=picture(), user=user)
    with django_capture_on_commit_callbacks():
        set_poster(movie_id=movie.pk, picture=picture(), user=user)

    assert len(kept()) == 2


def test_a_film_that_is_gone_leaves_no_file(user, kept):
    with pytest.raises(Movie.DoesNotExist):
        set_poster(movie_id=1, picture=picture(), user=user)

    assert kept() == []


def test_a_poster_can_be_taken_away(movie, user, kept, django_capture_on_commit_callbacks):
    set_poster(movie_id=movie.pk, picture=picture(), user=user)
    with django_capture_on_commit_callbacks(execute=True):
        remove_poster(movie_id=movie.pk, user=user)
        remove_poster(movie_id=movie.pk, user=user)

    assert not Movie.objects.get().poster
    assert kept() == []


def test_a_file_that_is_gone_already_is_no_trouble(movie, user, kept, django_capture_on_commit_callbacks):
    set_poster(movie_id=movie.pk, picture=picture(), user=user)
    default_storage.delete(Movie.objects.get().poster.name)
    with django_capture_on_commit_callbacks(execute=True):
        remove_poster(movie_id=movie.pk, user=user)

    assert not Movie.objects.get().poster
