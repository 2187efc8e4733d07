"""Legal texts of the site: imprint, terms, privacy notice."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.translations import LocalizedMixin, translations_field


class LegalText(LocalizedMixin, models.Model):
    """A version of a legal text, in Markdown. The latest of each kind is in force; if it is empty, there is no page.

    Versions are never changed, since tickets refer to the version of the terms that their buyers accepted.
    """

    class Kind(models.TextChoices):
        IMPRINT = "imprint", _("Imprint")
        TERMS = "terms", _("Terms")
        PRIVACY = "privacy", _("Privacy notice")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
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
        return reverse(f"legal-{self.kind}")
