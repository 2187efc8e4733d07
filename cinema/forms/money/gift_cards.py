"""Forms of gift cards: buying one, its balance, and what staff do with it."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.domain.lists import comma
from cinema.domain.money import format_money
from cinema.forms.booking.booking import AcceptTermsField, ContactForm, first_mode, link_to_terms, offered_modes
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import EmailField, LinesField, MoneyField, NameField, OneLineField, field_of
from cinema.models import LegalText, Theatre
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


class TermsOfTheatresField(forms.Field):
    """A checkbox that accepts the terms of the theatre that is chosen in the same form. All of them are linked.

    It is posted with the versions that were shown, which are also its cleaned value, "" if it was not ticked.
    """

    widget = AcceptTermsField.Widget
    default_error_messages = {
        "required": AcceptTermsField.default_error_messages["required"],
        "changed": _("Other terms apply now. Please read and accept them."),
    }

    def show(self, texts: Sequence[LegalText | None]) -> None:
        """Show the checkbox for the terms of all theatres, None for those of one without."""
        offered = sorted(
            {text for text in texts if text}, key=lambda text: (text.theatre_id is None, str(text.theatre))
        )
        shown = "-".join(str(text.version) for text in offered)
        self.widget.version = shown
        self.widget.check_test = lambda value: str(value) == shown
        self.required = all(texts)  # otherwise the form knows whether it is
        if len(set(texts)) == 1:
            self.help_text = link_to_terms(offered[0], gettext("Read the terms in a new tab"))
        else:
            words = {text: str(text.theatre or gettext("all other theatres")) for text in offered}
            links = format_html_join(comma(), "{}", ((link_to_terms(*item),) for item in words.items()))
            sentence = gettext("The terms of the theatre that you choose apply. Read them in a new tab: %(links)s")
            self.help_text = mark_safe(sentence % {"links": links})  # noqa: S308, the links are escaped

    def to_python(self, value: Any) -> str:
        return str(value or "")

    def accepted(self, value: str, terms: LegalText) -> int:
        """Return the version of these terms. Raises ValidationError unless they are among those that were ticked."""
        if not value:
            raise forms.ValidationError(self.error_messages["required"], "required")
        if str(terms.version) not in value.split("-"):
            raise forms.ValidationError(self.error_messages["changed"], "changed")
        return terms.version


class GiftCardForm(ContactForm):
    """An order of a gift card. ``key`` is the idempotency key.

    ``terms`` are those of the chosen theatre, whose order it is; the page links those of all theatres. Their cleaned
    value is a version, or None if the theatre has none.
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
    terms = TermsOfTheatresField(label=_("I accept the terms"))

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
        theatres = Theatre.objects.order_by("name").values_list("pk", flat=True)
        self.fields["theatre"].initial = next(iter(theatres), None)
        if len(theatres) == 1:
            self.fields["theatre"].widget = forms.HiddenInput()
        texts = [terms_in_force(pk) for pk in theatres]
        if any(texts):
            field_of(self, "terms", TermsOfTheatresField).show(texts)
        else:
            del self.fields["terms"]

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
        if "terms" in cleaned and (theatre := cleaned.get("theatre")):
            self._accept(terms_in_force(theatre.pk))
        return cleaned

    def _accept(self, terms: LegalText | None) -> None:
        """Let ``terms`` be the version that was accepted of these, those of the chosen theatre."""
        try:
            field = field_of(self, "terms", TermsOfTheatresField)
            self.cleaned_data["terms"] = terms and field.accepted(self.cleaned_data["terms"], terms)
        except forms.ValidationError as error:
            self.add_error("terms", error)

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
