"""Saved changes of things that two people may have open at the same time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.staff import AuditEvent


class Edit(models.Model):
    """What was changed with one version of a thing: of model ``kind``, with primary key ``key``.

    ``changes`` holds [before, after] by field; ``event`` says who saved it, and when. Whoever has an older version open
    is told. No two can save the same version.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="edit")
    kind = models.CharField(max_length=40)
    key = models.PositiveBigIntegerField()
    version = models.PositiveIntegerField()
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        constraints = [models.UniqueConstraint(fields=["kind", "key", "version"], name="edit_once_per_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}, {self.version}"
