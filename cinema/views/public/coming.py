"""Films that are not on yet, and film alerts: mails once a film is on sale."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import TooManyMails
from cinema.forms.films.alerts import FilmAlertForm
from cinema.selectors.films import coming as selectors
from cinema.selectors.films.movies import movie_by_slug, shows_of
from cinema.services.films.alerts import ask_for_film_alert, confirm_film_alert, delete_film_alert
from cinema.views.breadcrumbs import coming_trail
from cinema.views.structured_data import coming_data
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@require_safe
def coming_soon(request: HtmxRequest) -> HttpResponse:
    """The films that are not on yet."""
    films, trail = selectors.coming_films(), coming_trail()
    context = {"films": films, "trail": trail, "structured_data": coming_data(films, trail)}
    return render(request, "public/movies/coming.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def movie_alert(request: HtmxRequest, slug: str) -> HttpResponse:
    """Request a film alert. Anybody can enter an address, so a mail to it asks for confirmation first."""
    movie = or_404(movie_by_slug(slug))
    if request.method != "POST" or movie.retired_at or shows_of(movie):
        return redirect(movie)
    form = FilmAlertForm(request.POST)
    if not form.is_valid():
        return render(request, "public/movies/alert.html", {"movie": movie, "alert_form": form}, status=400)
    try:
        ask_for_film_alert(movie=movie, client_ip=client_ip(request), **form.cleaned_data)
    except TooManyMails as refusal:
        messages.warning(request, str(refusal))
    else:
        sentence = _("We’ve emailed a link to %(email)s. Open it, and we’ll tell you when the film is on sale.")
        messages.success(request, sentence % form.cleaned_data)
    return see_other(movie)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def film_alert(request: HtmxRequest, code: str) -> HttpResponse:
    """Confirm or delete a film alert. A GET changes nothing, since mail scanners follow links."""
    alert = or_404(selectors.film_alert(code))
    if request.method != "POST":
        return render(request, "public/movies/alert_confirm.html", {"alert": alert, "movie": alert.movie})
    if "stop" in request.POST:
        delete_film_alert(code=code)
        messages.success(request, _("We’ve deleted your address. You’ll hear nothing more about this film."))
        return see_other(alert.movie)
    confirm_film_alert(code=code)
    return see_other(alert)
