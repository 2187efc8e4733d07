"""Gift cards: money that was paid for later orders."""

import secrets
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.domain.texts import normalise
from cinema.models.codes import REFERENCE_ALPHABET, CodeField
from cinema.models.lookups import CodeEnd
from cinema.models.orders import OrderLine, currency
from cinema.models.theatres import Theatre

CODE_LENGTH, CODE_END = 16, 4
LONGEST_MESSAGE = 500


def new_gift_code() -> str:
    """Return 16 characters that can be typed from paper, with 70 random bits."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(CODE_LENGTH))


def gift_code_in(text: str) -> str:
    """The code in a typed or pasted text, such as “k7pm-3wxy 9qrt cdfg”; "" if there is none."""
    typed = "".join(sign for sign in normalise("NFKC", text).upper() if sign.isalnum())
    return typed if len(typed) == CODE_LENGTH and set(typed) <= set(REFERENCE_ALPHABET) else ""


class GiftCard(models.Model):
    """A gift card, sold with ``order_line`` at a theatre, and good for orders at every theatre of the installation.

    ``code`` is what its owner types to pay; ``page_code`` is in the URL of its printable page. ``balance`` is what can
    still be spent: 0 until the order is paid (``activated_at``), and less as soon as an order reserves some of it.
    ``returned`` is what was taken off it because its buyer got the money back.
    It is mailed to the recipient, if there is one, at ``deliver_at``. A lost card is replaced by another with its
    balance. Name, address and message are empty once they were erased.
    """

    page_code = CodeField()
    code = CodeField(max_length=CODE_LENGTH, default=new_gift_code)
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="gift_cards", db_index=False)
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="gift_cards")
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaces", null=True, blank=True)
    currency = models.CharField(max_length=3, default=currency)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    balance = models.DecimalField(_("balance"), max_digits=10, decimal_places=2, default=0)
    returned = models.DecimalField(_("returned"), max_digits=10, decimal_places=2, default=0)
    recipient_name = models.CharField(_("recipient’s name"), max_length=150, blank=True)
    recipient_email = models.EmailField(_("recipient’s email address"), blank=True)
    message = models.TextField(_("message"), max_length=LONGEST_MESSAGE, blank=True)
    deliver_at = models.DateTimeField()
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    contacts_erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        indexes = [
            models.Index(fields=["theatre", "id"], name="gift_card_by_theatre"),
            models.Index(CodeEnd("code"), name="gift_card_by_end"),
            models.Index(fields=["recipient_email"], condition=~Q(recipient_email=""), name="gift_card_by_email"),
            models.Index(
                fields=["deliver_at"],
                condition=Q(delivered_at=None, activated_at__isnull=False),
                name="gift_card_to_deliver",
            ),
            models.Index(fields=["created_at"], condition=Q(activated_at=None), name="gift_card_unpaid"),
            models.Index(fields=["deliver_at"], condition=Q(contacts_erased_at=None), name="gift_card_with_contacts"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="gift_card_amount_positive"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, returned__gte=0, balance__lte=F("amount") - F("returned")),
                name="gift_card_never_overspent",
            ),
            models.CheckConstraint(
                condition=Q(activated_at__isnull=False) | Q(balance=0), name="gift_card_empty_until_paid"
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(balance=0, blocked_at__isnull=False), name="gift_card_replaced_once"
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.end}"

    def get_absolute_url(self) -> str:
        return reverse("gift-card", args=[self.page_code])

    @property
    def end(self) -> str:
        """The end of its code, by which staff know it."""
        return self.code[-CODE_END:]

    @property
    def groups(self) -> str:
        """Its code in groups: “K7PM-3WXY-9QRT-CDFG”."""
        return "-".join(self.code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    def has_expired(self, now: datetime) -> bool:
        """Whether its last day is over at the theatre that sold it."""
        return self.expires_on is not None and now.astimezone(self.theatre.tz).date() > self.expires_on
