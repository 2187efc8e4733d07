"""Sales at the counter that are set aside before anything was paid."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.codes import CodeField
from cinema.models.theatres import Theatre
from cinema.models.tills import staff_field


class ParkedSale(models.Model):
    """A sale of which nothing is paid, set aside under a ``word`` until somebody takes it up at any till.

    Its seats are those of the active holds of ``buyer``: no longer held, they are for sale again, and the sale only
    says so. ``chosen`` are the fields of selectors.orders.counter.SaleInput. ``until`` is when a reservation, to be
    paid at a till, ends with its holds; None for a sale that waits no longer than it would have.
    The word may be somebody's name: the row is deleted a day after its seats were released.
    """

    code = CodeField()
    theatre = models.ForeignKey(Theatre, on_delete=models.CASCADE, related_name="parked_sales")
    buyer = models.CharField(max_length=64, unique=True)
    word = models.CharField(_("word"), max_length=60)
    chosen = models.JSONField(default=dict)
    until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    parked_at = models.DateTimeField(_("parked"))
    parked_by = staff_field(_("parked by"))

    class Meta:
        verbose_name = _("parked sale")
        verbose_name_plural = _("parked sales")

    def __str__(self) -> str:
        return self.word
