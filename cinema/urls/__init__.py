"""All URLs of the site: public pages, JSON interface, back office, Django's admin, probes."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve

from cinema.urls import public
from cinema.views import health
from cinema.views.public import accounts

urlpatterns = [
    path("api/", include("cinema.urls.api")),  # first: no booking of a program is compared with all pages
    # In the site's own language without a prefix; /de/… is German.
    *i18n_patterns(*public.pages, prefix_default_language=False),
    *public.plain,
    path("staff/", include("cinema.urls.staff")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password-change")),
    path("admin/logout/", accounts.sign_out),
    path("admin/", admin.site.urls),
    # Probes and metrics
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    # Uploaded pictures of films and logos: few, small, and re-encoded by Pillow. A proxy may serve them instead.
    re_path(
        r"^media/(?P<path>(?:posters|stills|logos)/[-\w.]+)$",
        serve,
        {"document_root": settings.MEDIA_ROOT},
        name="uploaded-picture",
    ),
]

handler400 = "cinema.web.errors.bad_request"
handler403 = "cinema.web.errors.permission_denied"
handler404 = "cinema.web.errors.page_not_found"
handler500 = "cinema.web.errors.server_error"
