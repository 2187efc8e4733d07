"""Forms of gift cards: buying one, its balance, and what staff do with it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.domain.money import format_money
from cinema.forms.booking.booking import AcceptTermsField, ContactForm, first_mode, is_key, offered_modes
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import EmailField, LinesField, MoneyField, NameField, OneLineField, field_of
from cinema.models import Theatre
from cinema.models.gift_cards import LONGEST_MESSAGE, gift_code_in
from cinema.selectors.booking.gift_cards import GiftCardRequest
from cinema.selectors.people.legal import terms_in_force
from cinema.services.money.gift_card_orders import GiftCardPlan

OTHER = "other"
DAYS_AHEAD = 366


def offered_amounts() -> list[tuple[str, str]]:
    """The amounts of gift cards to choose from, and the choice of another one."""
    amounts = [(str(amount), format_money(amount)) for amount in settings.GIFT_CARD_AMOUNTS]
    return amounts if len(amounts) < 2 else [*amounts, (OTHER, str(_("Another amount")))]


def check_amount(amount: Decimal | None) -> Decimal:
    """Return the amount of a gift card if it is from the lowest to the highest of those offered.

    Raises ValidationError otherwise, also for None.
    """
    offered = settings.GIFT_CARD_AMOUNTS
    if amount is None or not min(offered) <= amount <= max(offered):
        limits = {"least": format_money(min(offered)), "most": format_money(max(offered))}
        raise forms.ValidationError(_("Please enter an amount from %(least)s to %(most)s.") % limits)
    return amount


class CounterCardForm(forms.Form):
    """A gift card to be sold at the counter.

    ``quick`` is the amount of the button that was pressed, and goes before the typed ``amount``. Without either it is
    the lowest that is offered.
    """

    data: QueryDict
    amount = MoneyField(required=False)
    quick = MoneyField(required=False)
    card_email = EmailField(required=False)

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        entered = (self.cleaned_data[name] for name in ("quick", "amount"))
        try:
            amount = check_amount(next((one for one in entered if one is not None), min(settings.GIFT_CARD_AMOUNTS)))
        except forms.ValidationError as error:
            self.add_error("amount", error)
        else:
            self.cleaned_data["amount"] = amount

    @property
    def wanted(self) -> GiftCardRequest:
        return GiftCardRequest(self.cleaned_data["amount"], self.cleaned_data["card_email"])


class GiftCardForm(ContactForm):
    """An order of a gift card. ``key`` is the idempotency key.

    ``terms`` are those of the chosen theatre, whose order it is. The page shows those of the first, so a buyer who
    chooses one with other terms is asked again.
    """

    data: QueryDict
    field_order = ("amount", "other", "theatre", "recipient_name", "recipient_email", "deliver_on", "message")

    amount = forms.ChoiceField(label=_("Amount"), choices=offered_amounts, widget=forms.RadioSelect)
    other = MoneyField(label=_("Another amount"), required=False)
    theatre = forms.ModelChoiceField(
        Theatre.objects.order_by("name"),
        label=_("Theatre"),
        empty_label=None,
        help_text=_("Whoever gets the card can spend it at all of our theatres."),
    )
    recipient_name = NameField(
        label=_("Recipient’s name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recipient_email = EmailField(
        label=_("Recipient’s email address"),
        required=False,
        help_text=_("Leave empty to print it, or to pass it on yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    deliver_on = DayField(label=_("Send on"), required=False, help_text=_("Leave empty to send it at once."))
    message = LinesField(
        label=_("Message"), required=False, max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 3})
    )
    mode = forms.ChoiceField(
        label=_("Payment method"), choices=offered_modes, initial=first_mode, widget=forms.RadioSelect
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
    terms = AcceptTermsField(
        label=_("I accept the terms"),
        error_messages={"changed": _("Other terms apply now. Please read and accept them.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = str(settings.GIFT_CARD_AMOUNTS[0])
        self.fields["email"].help_text = _("We’ll email you the gift card.")
        self.fields["phone"].required = False
        self.fields["phone"].help_text = _("Optional.")
        if len(settings.GIFT_CARD_AMOUNTS) < 2:
            del self.fields["other"]
        else:
            limits = {"least": format_money(self._least), "most": format_money(self._most)}
            self.fields["other"].help_text = _("From %(least)s to %(most)s.") % limits
        theatres = Theatre.objects.order_by("name").values_list("pk", flat=True)[:2]
        self.fields["theatre"].initial = next(iter(theatres), None)
        if len(theatres) == 1:
            self.fields["theatre"].widget = forms.HiddenInput()
        if terms := terms_in_force(self._chosen_theatre()):
            field_of(self, "terms", AcceptTermsField).show(terms)
        else:
            del self.fields["terms"]

    def _chosen_theatre(self) -> int | None:
        """The key of the theatre that is or will be chosen, which sells the card; None if it is not a key."""
        chosen = str(self["theatre"].value())
        return int(chosen) if is_key(chosen) else None

    @property
    def _least(self) -> Decimal:
        return min(settings.GIFT_CARD_AMOUNTS)

    @property
    def _most(self) -> Decimal:
        return max(settings.GIFT_CARD_AMOUNTS)

    def clean_deliver_on(self) -> Any:
        day, today = self.cleaned_data["deliver_on"], timezone.now().date()
        if day and not today - timedelta(days=1) <= day <= today + timedelta(days=DAYS_AHEAD):
            raise forms.ValidationError(_("Please choose a day from today on, at most a year ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") == OTHER and "other" not in self.errors:
            try:
                check_amount(cleaned.get("other"))
            except forms.ValidationError as error:
                self.add_error("other", error)
        return cleaned

    @property
    def plan(self) -> GiftCardPlan:
        cleaned = self.cleaned_data
        amount = cleaned["other"] if cleaned["amount"] == OTHER else Decimal(cleaned["amount"])
        recipient = (cleaned[name] for name in ("recipient_name", "recipient_email", "message", "deliver_on"))
        return GiftCardPlan(cleaned["theatre"], amount, *recipient)


class BalanceForm(forms.Form):
    """The code of a gift card."""

    code = OneLineField(
        label=_("Code of your gift card"),
        max_length=100,
        help_text=_("16 letters and digits, with or without hyphens."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        if code := gift_code_in(self.cleaned_data["code"]):
            return code
        raise forms.ValidationError(_("This is not the code of a gift card. Please check it."))


class ReplacementForm(forms.Form):
    """Where the card is mailed that replaces a lost one."""

    email = EmailField(label=_("Email address"), help_text=_("The new code is sent here."))
