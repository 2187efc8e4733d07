"""Uploaded pictures: what is kept of them and what is rejected."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from cinema.exceptions import PictureUnusable
from cinema.services.core import pictures
from cinema.services.core.pictures import jpeg_of, png_of
from tests.pictures import picture

BOX = (1000, 1500)


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
def test_a_picture_becomes_a_jpeg_of_our_own(kind):
    kept = read(jpeg_of(picture=picture(kind=kind), box=BOX))

    assert (kept.format, kept.size, kept.mode) == ("JPEG", (60, 90), "RGB")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_any_kind_of_colours_will_do(mode):
    file = BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (6, 9)).save(file, kind)

    assert read(jpeg_of(picture=file, box=BOX)).mode == "RGB"


def test_what_is_transparent_shows_the_paper():
    file = BytesIO()
    Image.new("RGBA", (60, 90), (0, 0, 0, 0)).save(file, "PNG")

    pixel = read(jpeg_of(picture=file, box=BOX)).getpixel((30, 45))

    assert all(abs(a - b) < 6 for a, b in zip(pixel, pictures.PAPER, strict=True))


def test_a_large_picture_is_made_to_fit_and_keeps_its_shape():
    assert read(jpeg_of(picture=picture(2000, 3600, kind="JPEG"), box=BOX)).size == (833, 1500)


def test_a_photograph_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side

    assert read(jpeg_of(picture=picture(90, 60, kind="JPEG", exif=exif), box=BOX)).size == (60, 90)


def test_nothing_but_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "where and when"
    kept = read(jpeg_of(picture=picture(kind="JPEG", exif=exif, comment=b"secret", icc_profile=b"x" * 200), box=BOX))

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
    with pytest.raises(PictureUnusable, match="JPEG, PNG or WebP"):
        jpeg_of(picture=BytesIO(data), box=BOX)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_of_pictures_are_refused(kind):
    with pytest.raises(PictureUnusable):
        jpeg_of(picture=picture(kind=kind), box=BOX)


@pytest.mark.parametrize("size", [(6000, 5001), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_of_pixels_is_refused_before_it_is_decoded(monkeypatch, size):
    monkeypatch.setattr(Image.Image, "thumbnail", None)
    monkeypatch.setattr(pictures, "_upright", None)

    with pytest.raises(PictureUnusable, match="megapixels"):
        jpeg_of(picture=claiming(*size), box=BOX)


def test_a_picture_that_lies_about_its_size_is_refused():
    with pytest.raises(PictureUnusable):
        jpeg_of(picture=claiming(1000, 1000), box=BOX)


def test_a_file_that_is_too_large_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(Image, "open", None)
    monkeypatch.setattr(pictures, "LARGEST_FILE", 1000)

    with pytest.raises(PictureUnusable, match="larger than"):
        jpeg_of(picture=BytesIO(bytes(1001)), box=BOX)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_png_is_kept_in_any_kind_of_colours(mode):
    file = BytesIO()
    Image.new(mode, (6, 9)).save(file, "PNG")

    assert read(png_of(picture=file, box=BOX)).format == "PNG"


def test_a_png_stays_transparent_and_loses_its_empty_margin():
    file = BytesIO()
    drawn = Image.new("RGBA", (60, 90), (0, 0, 0, 0))
    drawn.paste((255, 0, 0, 120), (20, 30, 40, 50))
    drawn.save(file, "PNG")

    kept = read(png_of(picture=file, box=BOX))

    assert (kept.size, kept.getpixel((0, 0))) == ((20, 20), (255, 0, 0, 120))


def test_a_png_that_shows_nothing_is_kept_as_it_is():
    file = BytesIO()
    Image.new("RGBA", (60, 90), (0, 0, 0, 0)).save(file, "PNG")

    assert read(png_of(picture=file, box=BOX)).size == (60, 90)


def test_nothing_but_the_pixels_of_a_png_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "where and when"
    kept = read(png_of(picture=picture(exif=exif, icc_profile=b"x" * 200), box=BOX))

    assert not kept.getexif()
    assert not {"icc_profile", "exif"} & kept.info.keys()
