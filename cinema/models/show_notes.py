"""Notes on shows, by staff for their colleagues."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cinema.models.shows import Show
from cinema.models.tills import staff_field

LONGEST_NOTE = 500


class ShowNote(models.Model):
    """A note on a show, with who wrote it and when; guests never see it.

    A removed one stays, with who removed it and when, until the buyers' contacts of the show are erased. ``key`` makes
    a repeated form the same note.
    """

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="notes", db_index=False)
    text = models.CharField(_("text"), max_length=LONGEST_NOTE)
    key = models.CharField(max_length=64)
    written_by = staff_field(_("written by"), null=True)
    written_at = models.DateTimeField(_("written"), db_default=Now())
    removed_by = staff_field(_("removed by"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("note on a show")
        verbose_name_plural = _("notes on shows")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["show", "key"], name="show_note_written_once"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False) | Q(removed_by__isnull=True), name="show_note_removed_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.text
