"""Orders and what is sold with them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.domain.folding import LONGEST_WORD
from cinema.models.codes import REFERENCE_LENGTH, CodeField, new_reference
from cinema.models.coupons import Coupon
from cinema.models.lookups import LastDigits, WordField
from cinema.models.theatres import Theatre

if TYPE_CHECKING:
    from cinema.models.bookings import Ticket
    from cinema.models.gift_cards import GiftCard


def currency() -> str:
    return settings.CURRENCY


def language() -> str:
    return settings.LANGUAGE_CODE


class Order(models.Model):
    """One purchase: who bought, through which channel, what (its lines), and how it stands.

    Its first ticket has its ``reference``, so that the buyer of a simple purchase sees one only. ``total`` is the sum
    of its lines: what the buyer agreed to pay, whatever is refunded later. ``language`` is the buyer's, in which mails
    about it are written. ``terms_version`` is the version of the terms that was accepted (LegalText), None if there
    were none. ``coupon_email`` is the buyer's address as per-person limits of coupons compare it, "" if no coupon was
    used. ``company`` and ``company_tax_number`` are what the buyer wants on the receipt, "" for none. If the buyer's
    data was erased, ``name`` and ``coupon_email`` are ERASED, and ``email``, ``phone`` and the company empty.
    ``uses_gift_cards`` and ``uses_vouchers`` say that such pay some of it.
    ``receipt_due`` is False once the receipt was issued: see services.money.receipts.

    ``status`` follows the tickets, in the transaction that changes one (see services.booking.orders): PAID while one is
    confirmed, else OPEN while one waits for payment, else CANCELLED if one was, else EXPIRED.
    """

    ERASED = "—"

    class Channel(models.TextChoices):
        WEB = "WEB", _("website")
        COUNTER = "COUNTER", _("counter")
        API = "API", _("JSON interface")

    class Status(models.TextChoices):
        OPEN = "OPEN", _("waiting for payment")
        PAID = "PAID", _("paid")
        CANCELLED = "CANCELLED", _("cancelled")
        EXPIRED = "EXPIRED", _("expired")

    UNSOLD = (Status.OPEN, Status.EXPIRED)  # nothing of it is sold, though money may have come

    code = CodeField()
    reference = models.CharField(
        _("reference"), max_length=REFERENCE_LENGTH, unique=True, default=new_reference, editable=False
    )
    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="orders", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)
    language = models.CharField(_("language"), max_length=10, default=language)
    currency = models.CharField(_("currency"), max_length=3, default=currency)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    total = models.DecimalField(_("total"), max_digits=10, decimal_places=2)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="orders", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("email address"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    coupon_email = models.CharField(max_length=254, blank=True, default="", db_default="", editable=False)
    company = models.CharField(_("company"), max_length=150, blank=True, default="", db_default="")
    company_tax_number = models.CharField(
        _("company’s tax number"), max_length=40, blank=True, default="", db_default=""
    )
    receipt_due = models.BooleanField(default=True, db_default=True, editable=False)
    terms_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    terms_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    uses_gift_cards = models.BooleanField(default=False, db_default=False, editable=False)
    uses_vouchers = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField()

    # Its tickets, lines and gift cards, set only by queries and services that mention them.
    ticket_list: "list[Ticket]"
    line_list: "list[OrderLine]"
    card_list: "list[GiftCard]"

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["theatre", "id"], name="order_by_theatre"),
            models.Index(LastDigits("phone"), name="order_by_phone"),
            models.Index(fields=["email"], condition=Q(user=None), name="order_of_no_account_by_email"),
            models.Index(fields=["email"], condition=Q(user__isnull=False), name="order_of_account_by_email"),
            models.Index(fields=["coupon_email"], condition=~Q(coupon_email=""), name="order_by_coupon_email"),
            models.Index(fields=["status", "total"], condition=Q(receipt_due=True), name="order_without_receipt"),
            models.Index(fields=["theatre"], condition=Q(total=0), name="order_free_by_theatre"),
            models.Index(
                fields=["theatre"],
                condition=Q(channel="COUNTER", status__in=["OPEN", "EXPIRED"]),
                name="order_unsold_at_counter",
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.code])

    @property
    def may_use_coupons(self) -> bool:
        """False if it certainly has no discount by a coupon. At the counter, buyers give no address."""
        return bool(self.coupon_email) or self.channel == self.Channel.COUNTER

    @property
    def is_prepaid(self) -> bool:
        """Whether gift cards or vouchers pay some of it."""
        return self.uses_gift_cards or self.uses_vouchers

    @property
    def receipt_path(self) -> str:
        """The path that leads to its receipt."""
        return reverse("order-receipt", args=[self.code])

    @property
    def is_erased(self) -> bool:
        """Whether the buyer's data was erased."""
        return self.name == self.ERASED


class OrderWord(models.Model):
    """A search word of an order, from its buyer's name or email address by folding.words_of_person().

    Staff of its theatre find the order by a prefix of it. services.core.search_words updates the words.
    """

    pk = models.CompositePrimaryKey("order", "word")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="words", db_index=False)
    theatre = models.ForeignKey(
        Theatre, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    word = WordField(max_length=LONGEST_WORD)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [models.Index(fields=["theatre", "word", "order"], name="order_word_by_theatre")]

    def __str__(self) -> str:
        return self.word


class OrderLine(models.Model):
    """What was sold with an order, at which price: never rewritten, whatever becomes of it.

    ``amount`` is ``unit_price`` times ``quantity``; a discount's is negative. ``tax`` is contained in it, by
    ``tax_percent``, as domain.money.tax_in() computes it for each seat before and after its discounts, and for the fee
    of each ticket: the tax of an order is that of its sales in the money ledger. ``reported_price`` is what the
    distributor is told that the seat cost; None for whatever is no seat. A DISCOUNT line is the use of a ``coupon``
    or, without one, the credit for the seats that an upgrade replaces: services.money.upgrades;
    the price of a ticket seat is the amount of its line less its share of these. Where several coupons were used,
    ``cuts`` are the shares of the seats in a DISCOUNT line, in the order of their lines, as decimal texts.

    A SEAT line has one ticket seat, and each ticket seat one line. The ticket seat follows the buyer when seats are
    changed or the ticket is exchanged, and says what is left of the line: it is no longer ``active`` once the seat was
    returned, the ticket cancelled or the unpaid order expired, and ``repriced`` is what it counts for after a
    difference was refunded. Money that went back is in the refunds.
    """

    class Kind(models.TextChoices):
        SEAT = "SEAT", _("seat")
        FEE = "FEE", _("fee")
        DISCOUNT = "DISCOUNT", _("discount")
        GIFT_CARD = "GIFT_CARD", _("gift card")
        PRODUCT = "PRODUCT", _("product")
        ROUNDING = "ROUNDING", _("rounding")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    ticket_seat = models.OneToOneField(
        "cinema.TicketSeat", on_delete=models.PROTECT, related_name="order_line", null=True, blank=True
    )
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="lines", null=True, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=10, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    tax_percent = models.DecimalField(_("tax rate"), max_digits=5, decimal_places=2, default=0)
    tax = models.DecimalField(_("tax"), max_digits=10, decimal_places=2, default=0)
    reported_price = models.DecimalField(_("reported price"), max_digits=10, decimal_places=2, null=True, blank=True)
    cuts = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_positive"),
            models.CheckConstraint(
                condition=~Q(kind="SEAT") & Q(ticket_seat=None, reported_price=None)
                | Q(kind="SEAT", quantity=1, unit_price__gte=0, reported_price__gte=0)
                & Q(ticket_seat__isnull=False, reported_price__isnull=False),
                name="order_line_of_one_seat",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["FEE", "PRODUCT", "GIFT_CARD"]) | Q(amount__gte=0),
                name="order_line_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(kind="DISCOUNT") | Q(amount__lte=0), name="order_line_discount_lessens"
            ),
            models.CheckConstraint(condition=Q(coupon=None) | Q(kind="DISCOUNT"), name="order_line_coupon_lessens"),
            models.CheckConstraint(
                condition=Q(tax__gte=0, tax__lte=F("amount")) | Q(tax__lte=0, tax__gte=F("amount")),
                name="order_line_contains_its_tax",
            ),
            models.CheckConstraint(
                condition=~Q(quantity=1) | Q(amount=F("unit_price")), name="order_line_amount_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.get_kind_display()} {self.amount}"

    @property
    def called(self) -> str:
        """What it is called on receipts: its kind, or what the discount of an upgrade is for."""
        is_taken = self.kind == self.Kind.DISCOUNT and self.coupon_id is None
        return gettext("seats taken in exchange") if is_taken else str(self.get_kind_display())

    @property
    def has_ended(self) -> bool:
        """Whether its seat was returned, cancelled or never paid for."""
        return self.ticket_seat is not None and not self.ticket_seat.active
