"""Sitemap, robots.txt, web app manifest and icons."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cinema.models import Movie, Theatre
from cinema.selectors.schedule.discovery import all_theatres, films_on
from cinema.web.http import HtmxRequest

A_DAY = 24 * 60 * 60  # seconds
# What no robot need load. Personal pages are not among them: a search engine has to load one to see that it must not be
# found (cinema.web.headers). Otherwise it lists the bare URL, should anybody link to it.
NOT_CRAWLED = ("/admin/", "/staff/", "/api/", "/shows/*/seats/", "/shows/*/live/")


class PublicPages(Sitemap):
    """The programme, and the pages of theatres and films that are on, with URLs under SITE_URL."""

    def items(self) -> Sequence[Theatre | Movie | None]:
        return [None, *all_theatres(), *films_on()]

    def location(self, item: Theatre | Movie | None) -> str:
        return item.get_absolute_url() if item else reverse("programme")

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


@require_safe
def sitemap(request: HtmxRequest) -> HttpResponse:
    return views.sitemap(request, {"pages": PublicPages})


@require_safe
@cache_control(public=True, max_age=A_DAY)
def robots(request: HtmxRequest) -> HttpResponse:
    """What robots may load, and where the sitemap is."""
    kept_out = "".join(f"Disallow: {path}\n" for path in NOT_CRAWLED)
    lines = f"User-agent: *\n{kept_out}\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def manifest(request: HtmxRequest) -> JsonResponse:
    """The web app manifest, with which a phone puts the site on its home screen."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
    ]
    said = {
        "name": _("Cinema"),
        "start_url": reverse("programme"),
        "display": "minimal-ui",
        "background_color": "#1a1410",
        "theme_color": "#1a1410",
        "icons": icons,
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def icon(request: HtmxRequest, name: str) -> HttpResponse:
    """Redirect requests for an icon at the root to its hashed URL."""
    return redirect(static(f"img/{name}"))
