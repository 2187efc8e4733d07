"""The form of a coupon."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.domain.discounts import LONGEST_CODE, fold_code
from cinema.domain.weekdays import weekday_choices
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import (
    ModelsField,
    MoneyField,
    NameField,
    NumberField,
    OneLineField,
    VersionedForm,
    field_of,
)
from cinema.forms.core.translations import TranslatedForm
from cinema.forms.prices.prices import HIGHEST
from cinema.models import Coupon, Movie, Theatre, TicketType
from cinema.services.prices.coupons import CouponPlan

Kind = Coupon.Kind
NUMBERS = ("value", "buy", "pay")
NEEDED = {  # by the kind of discount
    Kind.PERCENT: ("value",),
    Kind.AMOUNT: ("value",),
    Kind.PRICE: ("value",),
    Kind.N_FOR_M: ("buy", "pay"),
}


class CouponForm(TranslatedForm, VersionedForm):
    """A new coupon, or an existing one. ``groups`` are the fields as the page shows them.

    Whether a coupon is for all theatres is decided when it is added, by an owner.
    """

    GROUPS = (
        (_("Discount"), ("name", "code", "kind", "value", "buy", "pay", "maximum")),
        (_("Conditions"), ("weekdays", "movie", "ticket_types", "party", "minimum", "everywhere")),
        (_("Validity"), ("valid_from", "valid_until", "most_uses", "most_per_person", "combinable")),
    )

    translated = ("name",)

    name = NameField(label=_("Name"), max_length=60, help_text=_("Shown to buyers beside what they save."))
    code = OneLineField(
        label=_("Code"),
        max_length=60,
        required=False,
        help_text=_("Letters and digits. Without a code, everybody who meets the conditions gets the discount."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=_("Discount"), choices=Kind.choices)
    value = NumberField(
        label=_("Percentage, amount or price"),
        required=False,
        min_value=0,
        max_value=HIGHEST,
        max_digits=10,
        decimal_places=2,
        help_text=_("For a percentage, an amount off or a fixed price."),
    )
    buy = forms.IntegerField(
        label=_("Seats"), required=False, min_value=2, max_value=100, help_text=_("The 3 in “3 for 2”.")
    )
    pay = forms.IntegerField(
        label=_("Of which paid"), required=False, min_value=1, max_value=99, help_text=_("The 2 in “3 for 2”.")
    )
    maximum = MoneyField(
        label=_("Discount at most"), required=False, min_value=0, max_value=HIGHEST, help_text=_("In one order.")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the show"),
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for every day. Shows after midnight belong to the evening before."),
    )
    movie = forms.ModelChoiceField(Movie.objects.none(), label=_("Film"), required=False, empty_label=_("All"))
    ticket_types = ModelsField(
        TicketType.objects.none(),
        label=_("Ticket types"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all."),
    )
    party = forms.IntegerField(label=_("Seats at least"), min_value=1, max_value=100, initial=1)
    minimum = MoneyField(
        label=_("Price of the seats at least"), required=False, min_value=0, max_value=HIGHEST, initial=0
    )
    everywhere = forms.BooleanField(
        label=_("At all theatres"), required=False, help_text=_("Then it is for all ticket types.")
    )
    valid_from = DayField(label=_("Bought from"), required=False)
    valid_until = DayField(label=_("Bought until"), required=False)
    most_uses = forms.IntegerField(
        label=_("Orders in all"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=_("Leave empty for no limit."),
    )
    most_per_person = forms.IntegerField(
        label=_("Orders per person"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("By account and email address. Leave empty for no limit."),
    )
    combinable = forms.BooleanField(
        label=_("Can be combined"),
        required=False,
        help_text=_("With others that can. Otherwise buyers get the one that saves most."),
    )

    def __init__(self, data: Any = None, *, theatre: Theatre, coupon: Coupon | None = None, owner: bool) -> None:
        super().__init__(data, initial=_initial(coupon) if coupon else {"version": 0})
        self.coupon = coupon
        known = Movie.objects.filter(retired_at=None)
        movies = known | Movie.objects.filter(pk=coupon.movie_id) if coupon and coupon.movie_id else known
        field_of(self, "movie", forms.ModelChoiceField).queryset = movies.order_by("title")
        chosen = self.initial.get("ticket_types", ())
        types = theatre.ticket_types.filter(Q(retired_at=None) | Q(pk__in=chosen))
        field_of(self, "ticket_types", ModelsField).queryset = types.order_by("rank")
        if coupon or not owner:
            del self.fields["everywhere"]
        if (coupon and coupon.theatre_id is None) or not types:
            del self.fields["ticket_types"]
        self.add_languages(coupon)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in groups, each with a legend."""
        return [(str(legend), [self[name] for name in names if name in self.fields]) for legend, names in self.GROUPS]

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        code = fold_code(typed)
        if typed and not code:
            raise forms.ValidationError(_("A code needs a letter or a digit."))
        if len(code) > LONGEST_CODE:
            text = _("Please choose a shorter code: at most %(most)d letters and digits.")
            raise forms.ValidationError(text, params={"most": LONGEST_CODE})
        return code

    def clean(self) -> None:
        cleaned = self.cleaned_data
        for name in NEEDED.get(cleaned.get("kind", ""), ()):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Please enter a number."))
        self._check_value(cleaned)
        if cleaned.get("everywhere") and cleaned.get("ticket_types"):
            self.add_error("ticket_types", _("A coupon for all theatres is for all ticket types."))
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("This is before the first day."))
        if cleaned.get("maximum") == 0:
            self.add_error("maximum", _("At most 0 would be no discount. Leave it empty for no maximum."))

    def _check_value(self, cleaned: dict[str, Any]) -> None:
        kind, value, buy, pay = (cleaned.get(name) for name in ("kind", *NUMBERS))
        if kind in (Kind.PERCENT, Kind.AMOUNT) and value == 0:
            self.add_error("value", _("A discount of 0 changes nothing."))
        if kind == Kind.PERCENT and value and value > 100:
            self.add_error("value", _("At most 100 percent."))
        if kind == Kind.N_FOR_M and buy and pay and pay >= buy:
            self.add_error("pay", _("Fewer seats must be paid than are chosen."))

    @property
    def plan(self) -> CouponPlan:
        cleaned = self.cleaned_data
        needed: Sequence[str] = NEEDED[cleaned["kind"]]
        same = ("name", "code", "kind", "movie", "party", "maximum", "valid_from", "valid_until", "combinable")
        everywhere = cleaned.get("everywhere", bool(self.coupon and self.coupon.theatre_id is None))
        return CouponPlan(
            **{name: cleaned[name] for name in (*same, "most_uses", "most_per_person")},
            **{name: cleaned[name] for name in needed},
            **self.translations,
            everywhere=everywhere,
            weekdays=tuple(cleaned["weekdays"]),
            ticket_types=list(cleaned.get("ticket_types", ())),
            minimum=cleaned["minimum"] or Decimal(0),
        )


def _initial(coupon: Coupon) -> dict[str, Any]:
    same = ("name", "code", "kind", "maximum", "weekdays", "party", "minimum", "valid_from", "valid_until")
    limits = ("most_uses", "most_per_person", "combinable", "version")
    numbers = {name: getattr(coupon, name) for name in NEEDED[Kind(coupon.kind)]}
    types = list(coupon.ticket_types.values_list("pk", flat=True))
    return (
        {name: getattr(coupon, name) for name in (*same, *limits)}
        | numbers
        | {
            "movie": coupon.movie_id,
            "ticket_types": types,
        }
    )
