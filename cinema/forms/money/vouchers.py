"""The form of a batch of vouchers."""

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.domain.weekdays import weekday_choices
from cinema.forms.core.days import DayField, TimeField
from cinema.forms.core.fields import ModelsField, MoneyField, NameField, OneLineField, field_of
from cinema.models import Movie, SeatCategory, Theatre, TicketType
from cinema.models.theatres import trading_order
from cinema.models.vouchers import MOST_VOUCHERS
from cinema.services.money.vouchers import VoucherPlan

HIGHEST = Decimal("99999.99")


class VoucherBatchForm(forms.Form):
    """New vouchers, with an idempotency ``key``. ``groups`` are the fields as the page shows them.

    Those for all theatres are issued by owners.
    """

    GROUPS = (
        (_("Vouchers"), ("name", "issued_to", "number", "face_value")),
        (_("Validity"), ("valid_from", "valid_until")),
        (
            _("Conditions"),
            ("categories", "ticket_types", "movies", "weekdays", "from_time", "until_time", "everywhere"),
        ),
    )

    name = NameField(label=_("Name"), max_length=60, help_text=_("For you, such as “Acme, Christmas”."))
    issued_to = OneLineField(
        label=_("Issued to"), max_length=150, required=False, help_text=_("The company or partner that gets them.")
    )
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_VOUCHERS)
    face_value = MoneyField(
        label=_("Price of each"),
        required=False,
        min_value=0,
        max_value=HIGHEST,
        help_text=_("What the company pays or owes you for each one. 0 if you give them away."),
    )
    valid_from = DayField(label=_("Bought from"), required=False)
    valid_until = DayField(label=_("Bought until"), required=False, help_text=_("Leave empty for no end."))
    categories = ModelsField(
        SeatCategory.objects.none(),
        label=_("Seat categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all."),
    )
    ticket_types = ModelsField(
        TicketType.objects.none(),
        label=_("Ticket types"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all."),
    )
    movies = ModelsField(Movie.objects.none(), label=_("Films"), required=False, help_text=_("Choose none for all."))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the show"),
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for every day. Shows after midnight belong to the evening before."),
    )
    from_time = TimeField(label=_("Shows that start from"), required=False)
    until_time = TimeField(label=_("Shows that start until"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
    everywhere = forms.BooleanField(
        label=_("At all theatres"),
        required=False,
        help_text=_("Then they are for all seat categories and ticket types."),
    )

    def __init__(self, data: Any = None, *, theatre: Theatre, owner: bool) -> None:
        super().__init__(data, initial={"key": secrets.token_urlsafe(16)})
        field_of(self, "movies", ModelsField).queryset = Movie.objects.filter(retired_at=None).order_by("title")
        field_of(self, "categories", ModelsField).queryset = theatre.seat_categories.order_by("rank")
        types = theatre.ticket_types.filter(Q(retired_at=None)).order_by("rank")
        field_of(self, "ticket_types", ModelsField).queryset = types
        if not owner:
            del self.fields["everywhere"]
        if not types:
            del self.fields["ticket_types"]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in groups, each with a legend."""
        return [(str(legend), [self[name] for name in names if name in self.fields]) for legend, names in self.GROUPS]

    def clean(self) -> None:
        cleaned = self.cleaned_data
        for name in ("categories", "ticket_types"):
            if cleaned.get("everywhere") and cleaned.get(name):
                self.add_error(name, _("Vouchers for all theatres are for all of these."))
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("This is before the first day."))
        earliest, latest = cleaned.get("from_time"), cleaned.get("until_time")
        if earliest and latest and latest < earliest and trading_order(latest) < trading_order(earliest):
            self.add_error("until_time", _("This is before the first time."))

    @property
    def plan(self) -> VoucherPlan:
        cleaned = self.cleaned_data
        same = ("name", "key", "issued_to", "number", "from_time", "until_time", "valid_from", "valid_until")
        return VoucherPlan(
            **{name: cleaned[name] for name in same},
            face_value=cleaned["face_value"] or Decimal(0),
            everywhere=cleaned.get("everywhere", False),
            categories=list(cleaned["categories"]),
            ticket_types=list(cleaned.get("ticket_types", ())),
            movies=list(cleaned["movies"]),
            weekdays=tuple(cleaned["weekdays"]),
        )
