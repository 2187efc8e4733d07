"""The pictures of a QR code show the modules of its link."""

import io

import pytest
import segno
from django.conf import settings
from PIL import Image

from cinema.domain import qr

LINK = "/tickets/AbCdEfGhIjKlMnOpQrStUv/"


@pytest.fixture
def modules() -> list[bytes]:
    """The modules of the link with their quiet zone, 1 for a dark one."""
    code = segno.make(settings.SITE_URL + LINK, error="m", micro=False, mask=qr.MASK)
    return [bytes(row) for row in code.matrix_iter()]


def test_a_png_shows_each_module_as_a_square_inside_a_quiet_zone(modules):
    picture = Image.open(io.BytesIO(qr.png(LINK)))
    side, middle = qr.MODULE_PIXELS, qr.MODULE_PIXELS // 2
    assert picture.size == (len(modules) * side, len(modules) * side) and picture.mode == "1"
    seen = [
        bytes(not picture.getpixel((x * side + middle, y * side + middle)) for x in range(len(modules)))
        for y in range(len(modules))
    ]
    assert seen == modules
    corners = {picture.getpixel((x, y)) for x in (0, side * 4 - 1) for y in (0, side * 4 - 1)}
    assert corners == {255}, "the quiet zone is not white"
