"""Changes of objects that two people may edit at the same time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.staff import AuditEvent


class Edit(models.Model):
    """The change that made one version of an object of model ``kind`` with primary key ``key``.

    ``changes`` maps fields to [before, after]; ``event`` has the user and the time. A version is saved only once, so
    that of two editors the second gets an EditConflict.
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
