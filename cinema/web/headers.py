"""Security headers of every response: pages, errors, files and event streams."""

from csp.utils import build_policy
from django.conf import settings

# The site uses none of these, but the door the camera, so injected code may not either.
UNUSED_POWERS = ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb")

# Names of the URLs that search engines may show; everything else has the header of HIDDEN.
FOUND = frozenset(
    [
        *("programme", "coming-soon", "movie", "season", "theatre", "show", "gift-cards"),
        *("legal-imprint", "legal-terms", "legal-privacy", "theatre-imprint", "theatre-terms", "theatre-privacy"),
        *("movie-poster", "movie-card", "uploaded-picture", "favicon", "apple-touch-icon"),
        *("programme-card", "theatre-card", "season-card", "coming-card"),
        *("letter-icon", "logo-icon", "robots", "sitemap", "manifest"),
    ]
)
HIDDEN = ("X-Robots-Tag", "noindex")


def permissions(*allowed: str) -> str:
    """The Permissions-Policy of a page that uses only these of UNUSED_POWERS."""
    return ", ".join(f"{power}=({'self' if power in allowed else ''})" for power in UNUSED_POWERS)


def security_headers() -> dict[str, str]:
    """Return the headers by name; with HTTPS including Strict-Transport-Security."""
    headers = {
        "Content-Security-Policy": build_policy(),
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": permissions(),
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    if settings.HTTPS:
        subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}{preload}"
    return headers
