"""Films imported from tables."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.staff import AuditEvent


class FilmImport(models.Model):
    """The report of a completed import of films.

    ``event`` has the user, the file and the time. ``upload`` names the uploaded file, which is imported once; ""
    is a file on the server's disk. ``skipped`` and ``warnings`` are the first rows that were left out or should be
    checked, as [row, reason, value, title]; ``skipped_in_all`` and ``warnings_in_all`` count all of them.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="film_import")
    upload = models.CharField(max_length=64, blank=True, editable=False)
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    already_there = models.PositiveIntegerField()
    skipped_in_all = models.PositiveIntegerField()
    warnings_in_all = models.PositiveIntegerField()
    skipped = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("film import")
        verbose_name_plural = _("film imports")
        constraints = [
            models.UniqueConstraint(fields=["upload"], condition=~Q(upload=""), name="film_upload_imported_once")
        ]

    def __str__(self) -> str:
        return self.event.subject
