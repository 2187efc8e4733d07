"""Receipt printers of tills, and what they are to print."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.codes import CodeField
from cinema.models.orders import Order
from cinema.models.tills import Till, TillSession, staff_field


class Printer(models.Model):
    """A receipt printer, which asks for its jobs by Star CloudPRNT at an address that contains a secret.

    Only the ``digest`` of the secret is stored. ``status`` is what the printer last reported of itself, such as
    “200 OK” or “410 Paper out”, and ``seen_at`` about when it last asked.
    """

    till = models.OneToOneField(Till, on_delete=models.CASCADE, related_name="printer")
    name = models.CharField(_("name"), max_length=40)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=60, blank=True, default="")
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("receipt printer")
        verbose_name_plural = _("receipt printers")

    def __str__(self) -> str:
        return self.name

    @property
    def is_well(self) -> bool:
        """Whether it reported no trouble of its own; statuses are like those of HTTP."""
        return self.status[:1] in ("", "2")


class PrintJob(models.Model):
    """Something that a printer prints once. What it says is made when it is fetched, and stored nowhere.

    A waiting job is offered ``until`` a moment; then it waits for a seller's decision. Once fetched it is never
    offered again. ``drawer``: it opens the drawer, too. ``key`` is the idempotency key of the form that asked for it,
    or instead of it for tickets in the browser; None for what a sale or a closing prints. The row is deleted after a
    day.
    """

    class Kind(models.TextChoices):
        SALE = "SALE", _("tickets of a sale")
        COPY = "COPY", _("tickets printed again")
        DRAWER = "DRAWER", _("drawer opened")
        REPORT = "REPORT", _("Z report")
        ZCOPY = "ZCOPY", _("copy of a Z report")

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        FETCHED = "FETCHED", _("printing")
        PRINTED = "PRINTED", _("printed")
        UNSURE = "UNSURE", _("perhaps printed")
        FAILED = "FAILED", _("not printed")
        DROPPED = "DROPPED", _("dropped")

    code = CodeField()
    printer = models.ForeignKey(Printer, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="print_jobs", null=True, blank=True)
    session = models.ForeignKey(TillSession, on_delete=models.CASCADE, related_name="print_jobs")
    drawer = models.BooleanField(_("opens the drawer"), default=False)
    by = staff_field(_("by"))
    created_at = models.DateTimeField(_("created"))
    until = models.DateTimeField(_("offered until"))
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("print job")
        verbose_name_plural = _("print jobs")
        indexes = [models.Index(fields=["created_at"], name="print_job_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(kind="SALE"), name="print_job_once_for_a_sale"),
            models.CheckConstraint(
                condition=Q(kind__in=["SALE", "COPY"], order__isnull=False)
                | Q(kind__in=["DRAWER", "REPORT", "ZCOPY"], order__isnull=True),
                name="print_job_of_an_order",
            ),
            models.CheckConstraint(
                condition=Q(fetched_at__isnull=False) | Q(state__in=["WAITING", "FAILED", "DROPPED"]),
                name="print_job_fetched_before_printed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"
