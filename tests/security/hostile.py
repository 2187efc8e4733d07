"""Hostile texts for every text column, and checks whether a page or file escapes them."""

import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.db import models
from django.db.models import Model

from cinema.models.codes import CodeField
from tests.trail import alterable_trail

MARK = re.compile(r"zq(\d{2,3})q", re.IGNORECASE)  # stands in every text, with the number of its column
LONG = (
    '=1+1 zq%02dq</title></script></textarea></style><q data-evil>"><img src=x onerror=alert(1)>'
    "' hx-get='/evil' hx-on:load='y' onclick='z' &lt;{{7*7}}{%% now 'Y' %%}\u202e\u200b\r\nBcc: evil@example.org %s"
)
MIDDLE = "=1 zq%02dq<q hx-get='/evil'>\"onclick='%s"
SHORT = "zq%02dq<q>\"'%s"
TINY = "<q>"
MAIL = '"zq%02dq<q/data-evil>%s"@example.org'  # one that Django's forms take
TRANSLATIONS, GERMAN = "_translations", "de"
SITES = ("", "testserver", "www.openstreetmap.org")  # to which a page leads
EVIL = {"data-evil", "onerror", "onclick", "hx-on:load"}  # attributes that none of ours is called

# Not for people to read: codes, keys of our own making, names of zones and of code.
NOT_TEXT = {
    *("Theatre.time_zone", "Theatre.tax_version", "Show.labels"),
    *("Payment.gateway", "Payment.currency", "Payment.key", "Payment.fingerprint", "Hold.buyer"),
    *("SandboxCharge.reference", "SandboxCharge.currency", "SandboxCharge.mode", "SandboxCharge.return_url"),
    *(
        "SandboxCharge.webhook_url",
        "User.password",
        "ApiToken.digest",
        "Printer.digest",
        "Tariff.digest",
        "PriceAdjustment.format",
    ),
    *(
        "Order.reference",
        "Order.language",
        "WaitingEntry.language",
        "FilmAlert.language",
        "Order.currency",
        "Ticket.reference",
        "Movie.poster",
        "JobLease.name",
        "Edit.kind",
        "FilmImport.upload",
        "StaffAction.key",
        "CheckIn.key",
        "Hold.origin",
        "Hold.program",
        "FailedTry.about",
        "FailedTry.origin",
        "MailRequest.to",
        "MailRequest.origin",
    ),
    *("WaitingEntry.origin", "Payment.pay_url", "Payment.provider_id", "PaymentKey.key", "PaymentKey.fingerprint"),
    *("Payment.capture_id", "ProviderEvent.gateway", "ProviderEvent.event_id", "ProviderEvent.about"),
    "ProviderEvent.last_error",
    *("Refund.provider_id", "PaymentIncident.reported", "Dispute.gateway", "Dispute.dispute_id"),
    *("ProviderFee.gateway", "ProviderFee.fee_id", "ProviderFee.currency", "Payout.gateway", "Payout.payout_id"),
    *("Payout.currency", "ReconciliationRun.gateway"),
    *("Order.coupon_email", "MoneyEntry.currency", "GiftCard.currency", "GiftCard.code", "GiftCard.page_code"),
    *("Theatre.receipt_prefix", "Receipt.prefix", "Receipt.currency"),
    *("StaffPin.pin", "CashMovement.key", "ShowNote.key", "VoucherBatch.key", "VoucherBatch.currency"),
    "ParkedSale.buyer",
    *("SharedBrowser.password", "CounterAction.key", "InvoicePayment.key", "PrintJob.key"),
    *("FingerprintKey.secret", "OutgoingMail.language", "OutgoingMail.last_error", "OrderWord.word"),
}


class Column(NamedTuple):
    model: type[Model]
    field: models.Field
    number: int

    def __str__(self) -> str:
        return f"{self.model.__name__}.{self.field.name}"

    @property
    def main(self) -> models.Field:
        """The field whose length counts: that of the text of which this one holds the translations."""
        return self.model._meta.get_field(self.field.name.removesuffix(TRANSLATIONS))

    def value(self, pk: int) -> str | dict[str, str]:
        """The text, or a translation into GERMAN."""
        return {GERMAN: self.text(pk)} if self.field.name.endswith(TRANSLATIONS) else self.text(pk)

    def text(self, pk: int) -> str:
        """What stands in the row with this key."""
        most = self.main.max_length or 10_000
        if isinstance(self.field, models.EmailField):
            return MAIL % (self.number, pk)
        texts = (form % (self.number, pk) for form in (LONG, MIDDLE, SHORT) if len(form) + 6 <= most)
        return next(texts, f"{TINY}{pk}"[:most])


def columns() -> list[Column]:
    """Every text column of our tables, and every one of translations."""
    found = [
        (model, field)
        for model in apps.get_app_config("cinema").get_models()
        for field in model._meta.concrete_fields
        if (isinstance(field, models.CharField | models.TextField) or field.name.endswith(TRANSLATIONS))
        and not isinstance(field, models.SlugField | CodeField)
        and not field.choices
        and f"{model.__name__}.{field.name}" not in NOT_TEXT
    ]
    return [Column(*each, number) for number, each in enumerate(found)]


def fill() -> None:
    """Write hostile texts into every row of every text column, and into the casts of all films."""
    with alterable_trail():
        for column in columns():
            for pk in column.model.objects.values_list("pk", flat=True):
                column.model.objects.filter(pk=pk).update(**{column.field.name: column.value(pk)})
    apps.get_model("cinema", "Movie").objects.update(cast=[LONG % (999, "one"), LONG % (999, "two")])


class Page(HTMLParser):
    """A page as a browser parses it: faults in its elements and attributes, and its text."""

    URLS = {"href", "src", "action", "formaction", "hx-get", "hx-post", "hx-push-url", "data-move", "data-action"}

    NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]*")
    ADDRESS = re.compile(r"(mailto|tel):[\w%+@.-]+")  # without a “?”, behind which a mail's other headers stand
    TOKEN = re.compile(r'\{"X-CSRFToken": "[A-Za-z0-9]{64}"\}')  # random: one in 30,000 has a mark in it

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.said: list[str] = []
        self._in = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        data = tag == "script" and ("type", "application/ld+json") in attrs  # which no browser runs
        self._in = tag if tag in ("script", "style") and not data else ""
        if tag == "q":
            self.wrong.append(f"an element out of a text, {attrs}")
        for name, value in attrs:
            self._look(name, value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        if self._in and MARK.search(data):
            self.wrong.append(f"in <{self._in}>: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        if MARK.search(data):
            self.wrong.append(f"in a comment: {data[:80]}")

    def _look(self, name: str, value: str) -> None:
        if name == "hx-headers" and self.TOKEN.fullmatch(value):
            return
        self.said.append(value)
        if name in EVIL or value == "/evil" or not self.NAME.fullmatch(name):
            self.wrong.append(f"an attribute out of a text: {name}={value[:80]}")
        if self.ADDRESS.fullmatch(value):
            return
        url = urlsplit(value.strip()) if name in self.URLS else None
        if url and (url.scheme not in ("", "http", "https", "cid") or url.netloc not in SITES):
            self.wrong.append(f"{name} leads to {value[:80]}")
        if MARK.search(value) and name.startswith(("hx-", "on", "style")) and not url:
            self.wrong.append(f"{name} has a text in it: {value[:80]}")

    @property
    def text(self) -> str:
        """All words and all values of attributes."""
        return "\n".join(self.said)

    @property
    def faults(self) -> list[str]:
        """The faults of the page; a text that is escaped twice would be shown as “&lt;”."""
        return [*self.wrong, *(["escaped twice"] if "&lt;q" in self.text else [])]


def marks(text: str) -> set[int]:
    """The columns whose texts occur in ``text``."""
    return {int(number) for number in MARK.findall(text)}
