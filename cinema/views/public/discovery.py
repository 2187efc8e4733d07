"""Sitemap, robots.txt, web app manifest and icons."""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cinema.selectors.films.seasons import current_seasons
from cinema.selectors.halls.appearances import look_of
from cinema.selectors.schedule.discovery import films_on, theatres_with_changes
from cinema.templatetags.appearances import icon_url
from cinema.views.links import with_query
from cinema.web.http import HtmxRequest
from cinema.web.languages import prefix_of

AN_HOUR, A_DAY = 60 * 60, 24 * 60 * 60  # seconds
# What no robot need load, in any language. Personal pages are not among them: a search engine has to load one to see
# that it must not be found (cinema.web.headers). Otherwise it lists the bare URL, should anybody link to it.
NOT_CRAWLED, NOT_CRAWLED_PAGES = ("/admin/", "/staff/", "/api/"), ("/shows/*/seats/", "/shows/*/live/")


class SitemapPage(NamedTuple):
    """A page, by its ``path`` in the site's own language. ``changed_at`` is None where nobody knows it."""

    path: str
    changed_at: datetime | None = None


class PublicPages(Sitemap):
    """The programme, in all and by city, and the pages of theatres, of films that are on and of seasons.

    Their URLs are under SITE_URL. Each page is listed in each language, with its URLs in all of them.
    """

    def __init__(self) -> None:
        self.i18n = self.alternates = len(settings.LANGUAGES) > 1

    def items(self) -> list[SitemapPage]:
        programme, theatres = reverse("programme"), theatres_with_changes()
        latest = max(filter(None, theatres.values()), default=None)
        cities = sorted({theatre.city for theatre in theatres})
        return [
            SitemapPage(programme, latest),
            SitemapPage(reverse("coming-soon")),
            *(SitemapPage(with_query(programme, {"city": city})) for city in cities if len(cities) > 1),
            *(SitemapPage(theatre.get_absolute_url(), changed_at) for theatre, changed_at in theatres.items()),
            *(SitemapPage(movie.get_absolute_url()) for movie in films_on()),
            *(SitemapPage(season.get_absolute_url()) for season in current_seasons()),
        ]

    def location(self, item: SitemapPage) -> str:
        return f"{prefix_of(get_language() or settings.LANGUAGE_CODE)}{item.path}"

    def lastmod(self, item: SitemapPage) -> datetime | None:
        return item.changed_at

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_urls(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """Add x-default, the page in the site's own language, to the alternates."""
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            own = [each for each in url["alternates"] if each["lang_code"] == settings.LANGUAGE_CODE]
            url["alternates"] += [each | {"lang_code": "x-default"} for each in own]
        return urls


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def sitemap(request: HtmxRequest) -> HttpResponse:
    return views.sitemap(request, {"pages": PublicPages})


@require_safe
@cache_control(public=True, max_age=A_DAY)
def robots(request: HtmxRequest) -> HttpResponse:
    """What robots may load, and where the sitemap is."""
    pages = [f"{prefix_of(code)}{path}" for code, _name in settings.LANGUAGES for path in NOT_CRAWLED_PAGES]
    kept_out = "".join(f"Disallow: {path}\n" for path in (*NOT_CRAWLED, *pages))
    lines = f"User-agent: *\n{kept_out}\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def manifest(request: HtmxRequest) -> JsonResponse:
    """The web app manifest, with which a phone puts the site on its home screen: one app, begun in a language."""
    look = look_of(None)
    icons = [
        {"src": icon_url(look, name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    shortcuts = [
        {"name": name, "url": reverse(page)}
        for name, page in ((_("Tickets on this device"), "kept-tickets"), (_("Find my ticket"), "find-ticket"))
    ]
    content = {
        "name": look.name,
        "id": "/",
        "scope": "/",
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("programme"),
        "display": "minimal-ui",
        "background_color": "#1a1410",
        "theme_color": "#1a1410",
        "categories": ["entertainment"],
        "icons": icons,
        "shortcuts": shortcuts,
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def favicon(request: HtmxRequest) -> HttpResponse:
    """Redirect to the icon of the site."""
    look = look_of(None)
    has_own = look.letter or look.square_logo
    return redirect(icon_url(look, "192") if has_own else static("img/favicon.ico"))


@require_safe
@cache_control(public=True, max_age=A_DAY)
def touch_icon(request: HtmxRequest) -> HttpResponse:
    """Redirect to the icon of the site for home screens."""
    return redirect(icon_url(look_of(None), "180"))
