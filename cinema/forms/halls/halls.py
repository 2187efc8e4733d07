"""Forms for halls: name, plan (drawn on the grid or as text), numbering, and seat categories."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cinema.domain.seating import numbering as schemes
from cinema.domain.seating.drawings import DrawingError, draw, letters_of, redraw
from cinema.domain.seating.examples import EXAMPLES, example_spots
from cinema.domain.seating.layout import MOST_SEATS, LayoutError, Spot, check_layout
from cinema.domain.seating.numbering import Numbering, number_seats, numbering_of
from cinema.forms.booking.booking import is_key
from cinema.forms.core.fields import LinesField, NameField
from cinema.forms.core.translations import TranslatedForm
from cinema.models import Screen, SeatCategory
from cinema.services.halls.seat_categories import Wanted

LONGEST_PLAN = 15_000  # characters, enough for the largest hall
MOST_CATEGORIES = 6  # the number of colours on the map
GRID, TEXT = "grid", "text"


class LayoutField(forms.Field):
    """The seats of a plan as JSON: [[id or null, row, number, x, y, category, kind], …]."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("The drawing could not be read. Please try again.")}

    def to_python(self, value: Any) -> list[Spot]:
        if not value:
            return []
        try:
            cleaned = json.loads(value)
            seats = cleaned["seats"]
            if len(seats) > MOST_SEATS:
                raise forms.ValidationError(
                    _("The hall has %(number)d seats. It can have at most %(most)d."),
                    params={"number": len(seats), "most": MOST_SEATS},
                )
            return [self._spot(seat) for seat in seats]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from error

    def _spot(self, seat: Any) -> Spot:
        key, row, number, x, y, category, kind = seat
        numbers = (number, x, y, category) if key is None else (key, number, x, y, category)
        if not all(type(each) is int and abs(each) < 2**63 for each in numbers):
            raise ValueError("not a number")
        if not (isinstance(row, str) and isinstance(kind, str)):
            raise ValueError("not a text")
        return Spot(row, number, x, y, category, kind, key)


def layout_text(spots: Sequence[Spot]) -> str:
    """The plan as JSON for LayoutField."""
    seats = [[s.id, s.row, s.number, s.x, s.y, s.category, s.kind] for s in spots]
    return json.dumps({"seats": seats}, separators=(",", ":"))


class AddScreenForm(forms.Form):
    """A new screen, from an example or a text drawing. The cleaned data contain its ``shape`` and ``spots``."""

    name = NameField(label=_("Name"), max_length=60)
    example = forms.ChoiceField(
        label=_("Start from"),
        choices=[*((example.key, example.name) for example in EXAMPLES), ("", _("the text drawing"))],
        required=False,
        initial=EXAMPLES[0].key,
        widget=forms.RadioSelect,
    )
    plan = LinesField(
        label=_("Drawing"),
        required=False,
        strip=False,
        max_length=LONGEST_PLAN,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "wrap": "off"}),
    )

    def __init__(self, data: Any = None, *, categories: Sequence[SeatCategory], **rest: Any) -> None:
        super().__init__(data, **rest)
        self.categories = [category.pk for category in categories]

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if self.errors:
            return
        if example := next((example for example in EXAMPLES if example.key == cleaned["example"]), None):
            cleaned["spots"], cleaned["shape"] = example_spots(example, self.categories), example.shape
        else:
            cleaned["shape"] = Screen.Shape.STRAIGHT
            cleaned["spots"] = _read(self, cleaned["plan"], [], self.categories, Numbering())


class HallForm(forms.Form):
    """A whole hall. ``source`` is the drawing that counts: the ``layout`` of the grid, or the text ``plan``, whose
    seats are named by the chosen numbering. The cleaned data contain the plan as ``spots``.

    ``before`` is the present plan; ``categories`` are those of the theatre, the plainest first.
    """

    data: QueryDict
    name = NameField(label=_("Name"), max_length=60)
    shape = forms.ChoiceField(label=_("Rows"), choices=Screen.Shape.choices)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    source = forms.ChoiceField(widget=forms.HiddenInput, choices=[(TEXT, ""), (GRID, "")], initial=TEXT)
    layout = LayoutField(required=False)
    plan = LinesField(
        label=_("Drawing"),
        required=False,
        strip=False,
        max_length=LONGEST_PLAN,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "wrap": "off"}),
    )
    seats = forms.ChoiceField(
        label=_("Seat numbers"),
        choices=[
            (schemes.KEEP, _("unchanged")),
            (schemes.LEFT, _("from the left")),
            (schemes.RIGHT, _("from the right")),
            (schemes.MIDDLE, _("odd left, even right, from the middle")),
            (schemes.SIDES, _("odd left, even right, from the sides")),
        ],
        required=False,
    )
    rows = forms.ChoiceField(
        label=_("Row order"),
        choices=[(schemes.FRONT, _("from the front")), (schemes.BACK, _("from the back"))],
        required=False,
    )
    letters = forms.ChoiceField(
        label=_("Row names"),
        choices=[
            (schemes.PLAIN, _("A–Z without I and O")),
            (schemes.ALL, _("A–Z")),
            (schemes.FIGURES, _("1, 2, 3 …")),
        ],
        required=False,
    )
    start = forms.IntegerField(label=_("First number"), min_value=1, max_value=900, initial=1, required=False)

    def __init__(
        self, data: Any = None, *, before: Sequence[Spot], categories: Sequence[SeatCategory], **rest: Any
    ) -> None:
        super().__init__(data, **rest)
        self.before, self.categories = before, [category.pk for category in categories]

    @classmethod
    def start_from(
        cls, screen: Screen, spots: Sequence[Spot], before: Sequence[Spot], categories: Sequence[SeatCategory]
    ) -> "HallForm":
        """The form with ``spots`` in both drawings."""
        numbering = numbering_of(spots)
        return cls(
            initial={
                "name": screen.name,
                "shape": screen.shape,
                "version": screen.version,
                "source": TEXT,
                "layout": layout_text(spots),
                "plan": draw(spots, letters_of([category.pk for category in categories])),
                **numbering._asdict(),
            },
            before=before,
            categories=categories,
        )

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if self.errors:
            return
        if cleaned["source"] == GRID:
            cleaned["spots"] = cleaned["layout"]
            self._check(cleaned["spots"])
        else:
            scheme = Numbering(
                cleaned["seats"] or schemes.KEEP,
                cleaned["rows"] or schemes.FRONT,
                cleaned["letters"] or schemes.PLAIN,
                cleaned["start"] or 1,
            )
            cleaned["spots"] = _read(self, cleaned["plan"], self.before, self.categories, scheme)

    def _check(self, spots: Sequence[Spot]) -> None:
        try:
            check_layout(spots, self.categories)
        except LayoutError as error:
            self.add_error(None, str(error))


def _read(
    form: forms.Form, plan: str, before: Sequence[Spot], categories: Sequence[int], numbering: Numbering
) -> list[Spot]:
    """Read a text drawing; errors are added to the form."""
    try:
        spots = number_seats(redraw(plan, before, categories), numbering)
        check_layout(spots, categories)
    except (DrawingError, LayoutError) as error:
        form.add_error("plan" if isinstance(error, DrawingError) else None, str(error))
        return []
    return spots


class SaveHallForm(HallForm):
    """The hall as previewed, the coming shows that were listed (``seen``), and those that shall ``follow`` the plan."""

    @property
    def follow(self) -> list[int]:
        return self._keys("follow")

    @property
    def seen(self) -> list[int]:
        return self._keys("seen")

    def _keys(self, name: str) -> list[int]:
        return [int(text) for text in self.data.getlist(name) if is_key(text)]


class CategoriesForm(TranslatedForm):
    """The seat categories with their names and order. An empty name removes one; the last line is for a new one."""

    def __init__(self, data: Any = None, *, categories: Sequence[SeatCategory]) -> None:
        super().__init__(data)
        self.keys = [category.pk for category in categories]
        lines: list[SeatCategory | None] = [*categories, *([None] if len(categories) < MOST_CATEGORIES else [])]
        for place, category in enumerate(lines, start=1):
            key = category.pk if category else "new"
            self.fields[f"name-{key}"], self.fields[f"rank-{key}"] = _category_fields(category, place)
        self.add_translations({f"name-{category.pk}": category.name_translations for category in categories})

    @property
    def lines(self) -> list[tuple[int | None, forms.BoundField, forms.BoundField]]:
        """The key of each category (None for a new one) with its fields for name and order."""
        keys = [*self.keys, *([None] if "name-new" in self.fields else [])]
        return [(key, self[f"name-{key or 'new'}"], self[f"rank-{key or 'new'}"]) for key in keys]

    @property
    def wanted(self) -> list[Wanted]:
        """The categories to keep or create, in their new order."""
        cleaned = self.cleaned_data
        lines = [
            (cleaned[f"rank-{key or 'new'}"] or 99, index, key, cleaned[f"name-{key or 'new'}"])
            for index, (key, _name, _place) in enumerate(self.lines)
        ]
        return [
            Wanted(key, name, self.translations_of(f"name-{key}") if key else {})
            for _place, _index, key, name in sorted(lines, key=lambda line: line[:2])
            if name
        ]


def _category_fields(category: SeatCategory | None, place: int) -> tuple[forms.Field, forms.Field]:
    """The name of the category, or of a new one, and its place in the order."""
    texts = {"name": category.name if category else ""}
    label = _("Name of %(name)s") % texts if category else _("A new category")
    name = NameField(label=label, max_length=40, required=False, initial=texts["name"])
    if not category:
        name.widget.attrs["placeholder"] = label
    label = _("Position of %(name)s") % texts if category else _("Position of the new category")
    return name, forms.IntegerField(label=label, min_value=1, max_value=99, initial=place, required=False)
