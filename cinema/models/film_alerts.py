"""Film alerts: requests for a mail once a film is on sale."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.codes import CodeField
from cinema.models.movies import Movie
from cinema.models.orders import language


class FilmAlert(models.Model):
    """A request for one mail when a film is on sale. The row is deleted with that mail, or after a year.

    Until the owner of the ``email`` has confirmed it by the link in a mail, nothing else is sent there. ``code`` is in
    the URL of its page, which only that mail contains. ``language`` is that of the page with the form.
    """

    code = CodeField()
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="alerts")
    email = models.EmailField(_("email address"), db_index=True)
    language = models.CharField(_("language"), max_length=10, default=language)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("film alert")
        verbose_name_plural = _("film alerts")
        indexes = [models.Index(fields=["movie"], condition=Q(confirmed_at__isnull=False), name="film_alert_confirmed")]
        constraints = [models.UniqueConstraint(fields=["movie", "email"], name="film_alert_once_per_address")]

    def __str__(self) -> str:
        return f"{self.email} · {self.movie}"

    def get_absolute_url(self) -> str:
        return reverse("film-alert", args=[self.code])
