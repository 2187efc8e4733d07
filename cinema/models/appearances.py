"""How a cinema presents itself: name, logo, colour, texts and contact."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from cinema.models.theatres import Theatre, line_field
from cinema.models.translations import LocalizedMixin, translations_field


class Appearance(LocalizedMixin, models.Model):
    """How the site presents itself, or the pages about a theatre; what is empty there is as on the site."""

    theatre = models.OneToOneField(
        Theatre,
        on_delete=models.CASCADE,
        related_name="appearance",
        null=True,
        blank=True,
        help_text=_("Empty for the site itself."),
    )
    name = line_field(_("name"), 60, _("At the top of every page, in titles and in mails."))
    logo = models.ImageField(
        _("logo on dark"), upload_to="logos/", blank=True, help_text=_("At the top of every page, which is dark.")
    )
    logo_on_light = models.ImageField(
        _("logo on light"), upload_to="logos/", blank=True, help_text=_("In mails, on a light ground.")
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^#[0-9a-f]{6}\Z", _("Please enter a colour as #b8290f."))],
        help_text=_("Of links and buttons, such as #b8290f."),
    )
    announcement = line_field(
        _("announcement"), 200, _("Above the programme, such as “On 24 December our last show starts at 17:00.”")
    )
    announcement_translations = translations_field()
    announced_until = models.DateField(
        _("announced until"),
        null=True,
        blank=True,
        help_text=_("The last day of the announcement; if empty, it stays."),
    )
    introduction = models.TextField(
        _("text below the programme"),
        max_length=5000,
        blank=True,
        default="",
        db_default="",
        help_text=_("In Markdown: who you are, how to get there, what else you offer."),
    )
    introduction_translations = translations_field()
    phone = line_field(_("phone"), 40)
    email = models.EmailField(_("email"), blank=True, default="", db_default="")
    links = models.TextField(
        _("links"),
        blank=True,
        default="",
        db_default="",
        help_text=_("At the foot of every page, one a line, such as https://www.instagram.com/our.cinema."),
    )
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        constraints = [
            models.UniqueConstraint(
                IsNull(models.F("theatre"), True), condition=models.Q(theatre=None), name="appearance_of_site_once"
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.theatre or "")
