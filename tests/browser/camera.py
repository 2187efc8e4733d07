"""Phones at the door: Chromium's camera plays a film of a ticket's QR code, hardware scanners type."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import segno
from playwright.sync_api import Browser, Page

from tests.browser.conftest import chromium

WIDE, HIGH = 640, 480
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "service_workers": "allow"}


@contextmanager
def looking_at(browser: Browser, text: str, film: Path) -> Iterator[Browser]:
    """Start another browser of the same kind, whose camera plays a film of the QR code of ``text``."""
    film_of(text, film)
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    other = browser.browser_type.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--disable-gpu", *camera, f"--use-file-for-fake-video-capture={film}"],
    )
    try:
        yield other
    finally:
        other.close()


def film_of(text: str, path: Path) -> None:
    """Write a film in which the QR code of ``text`` stands still, as uncompressed YUV."""
    code = segno.make(text, error="m", micro=False)
    rows = [[bool(cell) for cell in row] for row in code.matrix_iter(scale=10, border=4)]
    top, left = (HIGH - len(rows)) // 2, (WIDE - len(rows[0])) // 2
    luma = bytearray(b"\xeb" * (WIDE * HIGH))
    for y, row in enumerate(rows, start=top):
        luma[y * WIDE + left : y * WIDE + left + len(row)] = bytes(16 if dark else 235 for dark in row)
    frame = b"FRAME\n" + luma + b"\x80" * (WIDE * HIGH // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


def type_code(page: Page, code: str) -> None:
    """What a hardware scanner does: it types and presses Enter."""
    page.get_by_label("Ticket code or reference").fill(code)
    page.keyboard.press("Enter")
