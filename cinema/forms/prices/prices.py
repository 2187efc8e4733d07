"""Forms for ticket types and price cards, and for the preview of a card."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from cinema.domain.clock import written_time
from cinema.domain.lists import listed
from cinema.domain.weekdays import short_weekday_choices, weekday_choices
from cinema.forms.core.days import TimeField
from cinema.forms.core.fields import MoneyField, NameField, NumberField, VersionedForm, field_of
from cinema.forms.core.translations import TranslatedForm
from cinema.models import PriceAdjustment, PriceCard, SeatCategory, Show, TicketType
from cinema.services.prices.price_cards import Adjustment, CardPlan
from cinema.services.prices.ticket_types import TicketTypeTerms

HIGHEST = Decimal("999999.99")
MOST_ADJUSTMENTS = 30
EMPTY_ROWS = 2  # for new adjustments, below the existing ones
FORMATS = Show.Format.choices
ENTERED = [name for name in TicketTypeTerms._fields if not name.endswith("_translations")]


class TicketTypeForm(TranslatedForm, forms.ModelForm):
    """A new ticket type with its rules."""

    class Meta:
        model = TicketType
        fields = ENTERED
        field_classes = {"name": NameField, "note": NameField, "reported_amount": MoneyField}
        widgets = {"reported_amount": NumberField.widget}

    translated = ("name", "note")

    def __init__(self, *args: Any, kind: TicketType | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reported"].required = False  # nothing is the price paid
        self.add_languages(kind)

    def clean_paying_others(self) -> int:
        return self.cleaned_data["paying_others"] or 0

    def clean_reported(self) -> str:
        return self.cleaned_data["reported"] or TicketType.Reported.PAID

    def clean(self) -> dict[str, Any]:
        cleaned, fixed = super().clean() or self.cleaned_data, TicketType.Reported.FIXED
        amount = cleaned.get("reported_amount")
        if cleaned.get("reported") != fixed:
            cleaned["reported_amount"] = None
        elif amount is None and "reported_amount" not in self.errors:
            self.add_error("reported_amount", _("Please enter the amount that is reported."))
        elif amount is not None and amount < 0:
            self.add_error("reported_amount", _("Please enter an amount of 0 or more."))
        return cleaned

    @property
    def terms(self) -> TicketTypeTerms:
        return TicketTypeTerms(**{field: self.cleaned_data[field] for field in ENTERED}, **self.translations)


class EditTicketTypeForm(VersionedForm, TicketTypeForm):
    """An existing ticket type."""

    @classmethod
    def of(cls, kind: TicketType, data: Any = None) -> "EditTicketTypeForm":
        """The form with the present values of the ticket type."""
        return cls(data, kind=kind, initial=model_to_dict(kind, ENTERED) | {"version": kind.version})


def price_field(label: str) -> MoneyField:
    """A field for a price; empty if the category is not sold with the ticket type."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return MoneyField(label=label, required=False, min_value=0, max_value=HIGHEST, widget=widget)


class PriceCardForm(forms.Form):
    """The name of a card, and a price for each combination of category and ticket type that is sold."""

    name = NameField(label=_("Name"), max_length=60)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self,
        data: Any = None,
        *,
        categories: Sequence[SeatCategory],
        kinds: Sequence[TicketType],
        card: PriceCard | None = None,
        name: str = "",
    ) -> None:
        start: dict[str, Any] = {"name": name or (card.name if card else ""), "version": card.version if card else 0}
        if card:
            start |= {_key(price.category_id, price.ticket_type_id): price.amount for price in card.prices.all()}
        super().__init__(data, initial=start)
        self.categories, self.kinds = categories, kinds
        for category in categories:
            for kind in kinds:
                self.fields[_key(category.pk, kind.pk)] = price_field(f"{category}, {kind}")

    @property
    def grid(self) -> list[tuple[SeatCategory, list[forms.BoundField]]]:
        """The fields of the prices, a row for each category."""
        return [(category, [self[_key(category.pk, kind.pk)] for kind in self.kinds]) for category in self.categories]

    @property
    def prices(self) -> dict[tuple[int, int], Decimal]:
        cleaned = {(c.pk, k.pk): self.cleaned_data[_key(c.pk, k.pk)] for c in self.categories for k in self.kinds}
        return {key: amount for key, amount in cleaned.items() if amount is not None}


def _key(category_id: int, kind_id: int) -> str:
    return f"price-{category_id}-{kind_id}"


class AdjustmentForm(forms.Form):
    """A surcharge, or a reduction if negative. Empty conditions match all shows, categories or ticket types."""

    wide = ("weekdays", "DELETE")

    name = NameField(label=_("Name"), max_length=60)
    amount = MoneyField(
        label=_("Amount"),
        min_value=-HIGHEST,
        max_value=HIGHEST,
        help_text=_("Use a minus sign for a reduction."),
        widget=forms.TextInput(attrs={"inputmode": "text"}),  # a decimal keyboard may have no minus
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for every day. Shows after midnight belong to the evening before."),
    )
    from_time = TimeField(label=_("Shows starting from"), required=False)
    until_time = TimeField(label=_("and before"), required=False)
    format = forms.ChoiceField(label=_("Format"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    ticket_type = forms.ChoiceField(label=_("Ticket type"), required=False)

    def __init__(
        self, *args: Any, categories: Iterable[SeatCategory], kinds: Iterable[TicketType], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.names: dict[str, dict[str | int, str]] = {
            "format": {value: str(label) for value, label in FORMATS},
            "category": {category.pk: category.name for category in categories},
            "ticket_type": {kind.pk: kind.name for kind in kinds},
        }
        for field, names in self.names.items():
            field_of(self, field, forms.ChoiceField).choices = [("", _("All")), *names.items()]

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("from_time") and cleaned.get("from_time") == cleaned.get("until_time"):
            self.add_error("until_time", _("Both times are the same. Leave both empty for the whole day."))
        if cleaned.get("amount") == 0:
            self.add_error("amount", _("An amount of 0 changes nothing."))

    @property
    def where(self) -> str:
        """The conditions of an existing adjustment in words: “Mon, Tue · 05:00–13:00 · 3D”."""
        known, times = self.initial, [self.initial.get("from_time"), self.initial.get("until_time")]
        names = [names.get(known.get(field, "")) for field, names in self.names.items()]
        days = listed(name for day, name in short_weekday_choices() if day in known.get("weekdays", ()))
        span = "–".join(written_time(at) if at else "…" for at in times) if any(times) else ""
        return " · ".join(str(part) for part in (days, span, *names) if part)

    @property
    def adjustment(self) -> Adjustment:
        cleaned = self.cleaned_data
        return Adjustment(
            name=cleaned["name"],
            amount=cleaned["amount"],
            weekdays=tuple(sorted(cleaned["weekdays"])),
            from_time=cleaned["from_time"],
            until_time=cleaned["until_time"],
            format=cleaned["format"],
            category_id=int(cleaned["category"]) if cleaned["category"] else None,
            ticket_type_id=int(cleaned["ticket_type"]) if cleaned["ticket_type"] else None,
        )


_AdjustmentFormSet = forms.formset_factory(
    AdjustmentForm,
    extra=EMPTY_ROWS,
    can_delete=True,
    max_num=MOST_ADJUSTMENTS,
    absolute_max=MOST_ADJUSTMENTS + EMPTY_ROWS,
    validate_max=True,
)


class CardForms:
    """The forms of a card's page: the card and its adjustments, validated together; errors are listed as by a form."""

    def __init__(
        self,
        data: Any = None,
        *,
        categories: Sequence[SeatCategory],
        kinds: Sequence[TicketType],
        card: PriceCard | None = None,
        name: str = "",
    ) -> None:
        known = {kind.pk for kind in kinds} | {None}
        rows = [_initial(a) for a in card.adjustments.all() if a.ticket_type_id in known] if card else []
        self.card = PriceCardForm(data, categories=categories, kinds=kinds, card=card, name=name)
        self.adjustments = _AdjustmentFormSet(
            data, prefix="more", initial=rows, form_kwargs={"categories": categories, "kinds": kinds}
        )

    def is_valid(self) -> bool:
        return all([self.card.is_valid(), self.adjustments.is_valid()])

    @property
    def errors(self) -> list[Any]:
        """What is wrong with each form, if anything."""
        return [errors for errors in (self.card.errors, *self.adjustments.errors, self.non_field_errors()) if errors]

    def non_field_errors(self) -> list[str]:
        return [
            *self.adjustments.non_form_errors(),
            *(error for form in (self.card, *self.adjustments) for error in form.non_field_errors()),
        ]

    def __iter__(self) -> Iterator[forms.BoundField]:
        return chain(self.card, *self.adjustments)

    @property
    def plan(self) -> CardPlan:
        cleaned = [form for form in self.adjustments if form.has_changed() or form.initial]
        return CardPlan(
            name=self.card.cleaned_data["name"],
            prices=self.card.prices,
            adjustments=[form.adjustment for form in cleaned if not form.cleaned_data.get("DELETE")],
        )


def _initial(adjustment: PriceAdjustment) -> dict[str, Any]:
    fields = ("name", "amount", "weekdays", "from_time", "until_time", "format")
    return {field: getattr(adjustment, field) for field in fields} | {
        "category": adjustment.category_id or "",
        "ticket_type": adjustment.ticket_type_id or "",
    }


class PreviewForm(forms.Form):
    """The format and ticket type shown in a card's calendar. Invalid values are replaced by defaults."""

    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, required=False)
    kind = forms.ChoiceField(label=_("Ticket type"), required=False)

    def __init__(self, data: Any, *, kinds: Sequence[TicketType]) -> None:
        cleaned = {"format": data.get("format") or FORMATS[0][0], "kind": data.get("kind") or str(kinds[0].pk)}
        super().__init__(cleaned)
        self.kinds = {str(kind.pk): kind for kind in kinds}
        field_of(self, "kind", forms.ChoiceField).choices = [(kind.pk, kind.name) for kind in kinds]
        self.is_valid()

    @property
    def chosen(self) -> tuple[str, TicketType]:
        """The format and the ticket type."""
        first = next(iter(self.kinds.values()))
        kind = self.kinds.get(self.cleaned_data.get("kind", ""), first)
        return self.cleaned_data.get("format") or FORMATS[0][0], kind
