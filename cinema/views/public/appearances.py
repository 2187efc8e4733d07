"""The accent colour of a cinema as a style sheet, and its icons."""

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cinema.domain.colours import Shades, dark_shades, light_shades
from cinema.exports import icon_png
from cinema.exports.icon_png import ICONS
from cinema.selectors.halls.appearances import stored_picture
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404

A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def accent(request: HtmxRequest, digits: str) -> HttpResponse:
    """Set the accent colour of static/css/cinema.css, in shades with which text can be read on light and dark pages.

    The address names the colour, so the answer to an address never changes.
    """
    colour = f"#{digits}"
    light, dark = _variables(light_shades(colour)), _variables(dark_shades(colour))
    # Only on screens: what is printed stays black.
    style = f"@media screen {{ :root {{ {light} }} }}\n"
    style += f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    return HttpResponse(style, content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def letter_icon(request: HtmxRequest, digits: str, letter: str, name: str) -> HttpResponse:
    """An icon with a letter on an accent colour."""
    icon = or_404(ICONS.get(name))
    return HttpResponse(icon_png.letter_icon(letter, f"#{digits}", icon), content_type="image/png")


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def logo_icon(request: HtmxRequest, logo: str, name: str) -> HttpResponse:
    """An icon with a stored logo, which has a new name whenever it changes."""
    icon, picture = or_404(ICONS.get(name)), or_404(stored_picture(f"logos/{logo}.png"))
    return HttpResponse(icon_png.logo_icon(picture, icon), content_type="image/png")


def _variables(shades: Shades) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {colour};" for name, colour in shades._asdict().items())
