"""QR codes: SVG for pages and paper, PNG for mail."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe

MODULE_PIXELS = 12  # a ticket's code comes to about 400 px, drawn at half that size: sharp on any phone


def svg(text: str) -> SafeString:
    """Return ``text`` as an inline SVG of class “qr”, without a style attribute (the CSP forbids those)."""
    # Only numbers come out, never the text.
    return mark_safe(segno.make(text, error="m", micro=False).svg_inline(omitsize=True, svgclass="qr"))  # nosec B308 B703 # noqa: S308


def png(text: str) -> bytes:
    """Return ``text`` as a black and white PNG with its quiet zone."""
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(image, kind="png", scale=MODULE_PIXELS)
    return image.getvalue()
