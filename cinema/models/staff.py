"""Roles of staff, the audit trail, and staff actions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Ticket
from cinema.models.codes import CodeField
from cinema.models.shows import Show
from cinema.models.theatres import Theatre


class StaffRole(models.Model):
    """A role of a user at a theatre; a user can have several. Owners need none (``User.is_owner``)."""

    class Role(models.TextChoices):
        MANAGER = "MANAGER", _("manager")
        BOX_OFFICE = "BOX_OFFICE", _("box office")
        USHER = "USHER", _("usher")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_roles")
    theatre = models.ForeignKey(Theatre, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["user", "theatre", "role"], name="staff_role_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.theatre}"


class StaffPin(models.Model):
    """The PIN by which somebody signs on at the tills of a theatre, hashed like a password."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pins")
    theatre = models.ForeignKey(Theatre, on_delete=models.CASCADE, related_name="pins")
    pin = models.CharField(max_length=128, editable=False)

    class Meta:
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")
        constraints = [models.UniqueConstraint(fields=["user", "theatre"], name="staff_pin_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.theatre}"


class SharedBrowser(models.Model):
    """A browser in which the sellers of a theatre sign on by PIN. Its session knows the ``code`` and belongs to nobody.

    ``seller`` is who is signed on since ``seen_at``, when a key was pressed last or the screen touched; None if it was
    locked. ``set_up_by`` signed in with a password, of which ``password`` is Django's hash for sessions: when that
    changes, nobody signs on any more.
    """

    code = CodeField()
    theatre = models.ForeignKey(Theatre, on_delete=models.CASCADE, related_name="shared_browsers")
    set_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=64, editable=False)
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    last_seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"))
    seen_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("shared browser")
        verbose_name_plural = _("shared browsers")
        indexes = [models.Index(fields=["seen_at"], name="shared_browser_by_use")]

    def __str__(self) -> str:
        return f"{self.theatre} · {self.created_at:%Y-%m-%d %H:%M}"


class AuditEvent(models.Model):
    """An entry of the audit trail for a staff action or a sign-in (also a failed one): who, what, when and why.

    Changes of seats are in the seat ledger as well. ``subject`` names the object, ``details`` its values before and
    after; ``person`` is the account concerned. The database rejects updates and deletions of events, so ``user``,
    ``person`` and ``show`` are plain keys that remain, dangling, when an account or a draft is deleted. For the same
    reason an event must not contain a name, an email or other personal data.
    """

    class Action(models.TextChoices):
        THEATRE = "THEATRE", _("theatre changed")
        APPEARANCE = "APPEARANCE", _("appearance changed")
        ROLE = "ROLE", _("role added or removed")
        FILM = "FILM", _("film changed")
        SEASON = "SEASON", _("season changed")
        IMPORT = "IMPORT", _("films imported")
        HALL = "HALL", _("hall changed")
        BLOCK = "BLOCK", _("seats blocked")
        UNBLOCK = "UNBLOCK", _("seats unblocked")
        PRICES = "PRICES", _("prices changed")
        SCHEDULE = "SCHEDULE", _("shows planned")
        PUBLISH = "PUBLISH", _("shows published")
        SHOW = "SHOW", _("show changed")
        SHOW_CANCEL = "SHOW_CANCEL", _("show cancelled")
        NOTE = "NOTE", _("note on a show written or removed")
        RESEND = "RESEND", _("sent again")
        EMAIL = "EMAIL", _("email address corrected")
        CANCEL = "CANCEL", _("ticket cancelled")
        REFUND = "REFUND", _("refund made")
        SETTLE = "SETTLE", _("refund settled by hand")
        MOVE = "MOVE", _("seats changed")
        EXCHANGE = "EXCHANGE", _("exchanged for another show")
        GIFT_CARD = "GIFT_CARD", _("gift card blocked or replaced")
        TILL = "TILL", _("till changed, counted or closed")
        INVOICE = "INVOICE", _("payment of an invoice entered")
        PIN = "PIN", _("PIN set")
        COUNTER = "COUNTER", _("allowed at the counter")
        VOUCHERS = "VOUCHERS", _("vouchers issued or blocked")
        EXPORT = "EXPORT", _("exported")
        LEGAL = "LEGAL", _("legal text published")
        ERASE = "ERASE", _("personal data erased")
        ADMIN = "ADMIN", _("changed in the database")
        SIGN_IN = "SIGN_IN", _("signed in")
        SIGN_IN_FAILED = "SIGN_IN_FAILED", _("sign-in failed")
        LOCK_OUT = "LOCK_OUT", _("locked out after failed sign-ins")
        SIGN_OUT = "SIGN_OUT", _("signed out")
        SIGN_UP = "SIGN_UP", _("account created")
        PASSWORD = "PASSWORD", _("password changed")
        PASSWORD_RESET = "PASSWORD_RESET", _("password reset")
        NEW_EMAIL = "NEW_EMAIL", _("account email address changed")
        TOKEN = "TOKEN", _("API token created or deleted")

    action = models.CharField(_("action"), max_length=16, choices=Action)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        null=True,
        blank=True,
    )
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="audit", null=True, blank=True)
    show = models.ForeignKey(
        Show, on_delete=models.DO_NOTHING, db_constraint=False, related_name="audit", null=True, blank=True
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="audit", null=True, blank=True)
    subject = models.CharField(max_length=300)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["action", "at"], name="audit_event_by_action"),
            models.Index(fields=["person"], condition=~Q(person=None), name="audit_event_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit trail is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("The audit trail is append-only.")


class StaffAction(models.Model):
    """A completed staff action on an order, logged as ``event``. A repeated ``key`` is a second click."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="staff_actions", db_index=False)
    key = models.CharField(max_length=64)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="staff_action")

    class Meta:
        verbose_name = _("staff action")
        verbose_name_plural = _("staff actions")
        constraints = [models.UniqueConstraint(fields=["ticket", "key"], name="staff_action_done_once")]

    def __str__(self) -> str:
        return str(self.event)
