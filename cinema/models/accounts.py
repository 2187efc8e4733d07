"""User accounts, the API tokens of their programs, and the counts of failed tries and requested mails."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Coalesce, Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.domain.texts import normalise_email


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who signs in with ``email``. Without a password nobody can sign in to the account."""
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=self.normalize_email(email))

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return normalise_email(email or "")


class User(AbstractBaseUser, PermissionsMixin):
    """An account. The user signs in with the email address in the form of normalise_email()."""

    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # When they were warned that the unused account will be deleted.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        indexes = [models.Index(Coalesce("last_login", "date_joined"), name="user_by_last_use")]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_owner(self) -> bool:
        """Whether the user may do everything in every theatre."""
        return self.is_active and self.is_superuser


class MailRequest(models.Model):
    """A mail requested without signing in, counted to limit such mails.

    It stores fingerprints of the recipient and of the client IP. Each kind counts by itself. Rows are deleted once they
    no longer count, after an hour.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "ACCOUNT", _("account")
        WAITING = "WAITING", _("waiting list")
        TICKET = "TICKET", _("link to a ticket")
        FILM = "FILM", _("news of a film")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ACCOUNT, db_default=Kind.ACCOUNT)
    to = models.CharField(max_length=32)
    origin = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("requested email")
        verbose_name_plural = _("requested emails")
        indexes = [
            models.Index(fields=["to", "at"], name="mail_request_by_receiver"),
            models.Index(fields=["origin", "at"], name="mail_request_by_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.to} {self.at:%Y-%m-%d %H:%M}"


class FailedTry(models.Model):
    """A failed try of a password, API token or other secret, counted to limit guessing.

    It stores fingerprints of the subject ("" if none) and of the client IP. Each kind counts by itself. Rows are
    deleted once they no longer count, after an hour.
    """

    class Kind(models.TextChoices):
        TICKET = "TICKET", _("email address of a ticket")
        PASSWORD = "PASSWORD", _("password of an account")
        TOKEN = "TOKEN", _("API token")
        COUPON = "COUPON", _("coupon code")
        GIFT_CARD = "GIFT_CARD", _("code of a gift card or voucher")
        GIFT_ORDER = "GIFT_ORDER", _("order of a gift card, of which each counts")
        PIN = "PIN", _("PIN of somebody at a till")

    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=32, blank=True)
    origin = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("failed attempt")
        verbose_name_plural = _("failed attempts")
        indexes = [
            models.Index(fields=["about", "at"], name="failed_try_by_thing"),
            models.Index(fields=["origin", "at"], name="failed_try_by_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class EmailProof(models.Model):
    """An email address to be confirmed by the link in a mail to it.

    It is for a new account called ``name``, which continues at the path ``leads_to``, or the new email of ``user``.
    The row is deleted when it is used, or after settings.PASSWORD_RESET_TIMEOUT.
    """

    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    leads_to = models.TextField(blank=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("email address to be confirmed")
        verbose_name_plural = _("email addresses to be confirmed")
        indexes = [models.Index(fields=["created_at"], name="email_proof_by_age")]

    def __str__(self) -> str:
        return f"{self.pk} {self.created_at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """The token with which a program acts for a user until it expires. Only its SHA-256 is stored.

    ``last_used_at`` is up to an hour old.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(_("label"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.label
