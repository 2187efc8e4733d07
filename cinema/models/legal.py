"""Legal texts of the site and of theatres: imprint, terms, privacy notice."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.theatres import Theatre
from cinema.models.translations import LocalizedMixin, translations_field


class LegalText(LocalizedMixin, models.Model):
    """A version of a legal text, in Markdown. The latest of each kind is in force; if it is empty, there is no page.

    A ``theatre`` may have texts of its own, for its pages and orders; a kind of which it has none, or an empty one, is
    that of the site. Versions are never changed, since orders refer to the version of the terms that their buyers
    accepted; they are numbered through all theatres, so that a number names one text.
    """

    class Kind(models.TextChoices):
        IMPRINT = "imprint", _("Imprint")
        TERMS = "terms", _("Terms")
        PRIVACY = "privacy", _("Privacy notice")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    theatre = models.ForeignKey(
        Theatre,
        on_delete=models.PROTECT,
        related_name="legal_texts",
        null=True,
        blank=True,
        help_text=_("Empty for the site itself."),
    )
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), blank=True)
    text_translations = translations_field()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="legal_text_once_per_version")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"

    def get_absolute_url(self) -> str:
        if self.theatre:
            return reverse(f"theatre-{self.kind}", args=[self.theatre.slug])
        return reverse(f"legal-{self.kind}")
