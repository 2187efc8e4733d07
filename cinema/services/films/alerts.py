"""Film alerts: mails that a film is on sale, to people who asked for them."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, override

from cinema.models import FilmAlert, MailRequest, Movie, shown_at
from cinema.selectors.films.coming import shows_on_sale
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import PATIENCE, atomically, try_each
from cinema.services.people.mail_requests import note_mail_request

KEPT_FOR = timedelta(days=365)
AT_ONCE = 500  # mails in a run


@atomically
def ask_for_film_alert(*, movie: Movie, email: str, client_ip: str) -> None:
    """Mail the link that confirms a film alert, again if the alert is there already. Raises TooManyMails."""
    note_mail_request(kind=MailRequest.Kind.FILM, email=email, client_ip=client_ip)
    new = {"created_at": Now(), "language": get_language() or settings.LANGUAGE_CODE}
    alert, _is_new = FilmAlert.objects.get_or_create(movie=movie, email=email, defaults=new)
    post(kind=Kind.FILM_ALERT, about=email, alert=alert.pk)


def confirm_film_alert(*, code: str) -> None:
    """Confirm a film alert; the code proves who asks. Safe to repeat."""
    FilmAlert.objects.filter(code=code, confirmed_at=None).update(confirmed_at=Now())


def delete_film_alert(*, code: str) -> None:
    """Delete a film alert with its email address. Safe to repeat."""
    FilmAlert.objects.filter(code=code).delete()


def announce_films() -> int:
    """Post the mails about films that are on sale by now; return how many. Safe to call at any time, concurrently."""
    on_sale = Movie.objects.filter(shown_at(shows_on_sale()))
    due = FilmAlert.objects.filter(movie__in=on_sale, confirmed_at__isnull=False).order_by("pk")
    return try_each(lambda pk: _announce(pk=pk), list(due.values_list("pk", flat=True)[:AT_ONCE]), patience=PATIENCE)


@atomically
def _announce(*, pk: int) -> bool:
    alert = FilmAlert.objects.filter(pk=pk).first()
    if alert is None or not FilmAlert.objects.filter(pk=pk).delete()[0]:  # another process was first
        return False
    with override(alert.language):
        post(kind=Kind.FILM_ON_SALE, about=alert.email, movie=alert.movie_id)
    return True


def forget_film_alerts() -> int:
    """Delete alerts older than KEPT_FOR, and those whose link has expired unconfirmed; return how many."""
    unconfirmed = Q(confirmed_at=None, created_at__lte=Now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
    return FilmAlert.objects.filter(unconfirmed | Q(created_at__lte=Now() - KEPT_FOR)).delete()[0]
