"""Every field takes what the language of the page writes, and shows it again in the same way."""

import ast
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.utils.translation import override

import cinema.forms
from cinema.domain.clock import written_time
from cinema.domain.dates import FORMATS, shown_date
from cinema.domain.money import format_column, format_money
from cinema.domain.numbers import format_number, format_percent
from cinema.domain.reading import day_style, written_day, written_number
from cinema.forms.core.days import DayField, MomentField, TimeField
from cinema.forms.core.fields import MoneyField, NumberField
from tests.forms.every import all_forms

LANGUAGES = ("en", "de", "fr", "es", "hi", "ne", "ar")
OURS = {"DecimalField": NumberField, "DateField": DayField, "TimeField": TimeField, "DateTimeField": MomentField}
NUMBERS = {"en": "1.50", "de": "1,50", "fr": "1,50", "es": "1,50", "hi": "1.50", "ne": "1.50", "ar": "1.50"}
DAYS = {"de": "05.12.2026", "fr": "05/12/2026", "es": "05/12/2026", "ar": "05/12/2026", "hi": "05/12/2026"}
DAYS |= {"en": "05/12/2026", "ne": "2026-12-05"}


def fields_of(kind):
    """Every visible field of this kind in the project's forms, by name."""
    for form in all_forms():
        for name, field in form.base_fields.items():
            if isinstance(field, kind) and not field.widget.is_hidden:
                yield f"{form.__qualname__}.{name}", field


@pytest.mark.parametrize("kind", OURS)
def test_no_visible_field_has_a_notation_of_its_own(kind):
    """Hidden ones carry what the page wrote into them, in the notation of machines."""
    others = [name for name, field in fields_of(getattr(forms, kind)) if not isinstance(field, OURS[kind])]
    assert not others


def test_forms_that_make_fields_as_they_go_use_the_same_classes():
    for path in Path(cinema.forms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"forms.{kind}" for kind in OURS}:
                assert "HiddenInput" in ast.unparse(node), (path, node.lineno)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_for_a_number_takes_it_as_the_language_writes_it(language):
    fields = dict(fields_of(NumberField))
    assert len(fields) >= 15

    with override(language):
        for name, field in fields.items():
            if field.decimal_places:
                assert field.to_python(NUMBERS[language]) == Decimal("1.50"), name
            assert field.prepare_value(Decimal("1.50")) == NUMBERS[language], name
            assert field.prepare_value("nine") == "nine", name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_for_a_day_takes_it_as_the_language_writes_it(language):
    days, moments = dict(fields_of(DayField)), dict(fields_of(MomentField))
    assert len(days) >= 15
    assert moments

    with override(language):
        assert written_day(date(2026, 12, 5)) == DAYS[language]
        for name, field in days.items():
            for typed in (DAYS[language], "2026-12-05"):
                assert field.to_python(typed) == date(2026, 12, 5), name
                assert 'value="2026-12-05"' in shown(field, typed), name
        for name, field in moments.items():
            typed = f"{DAYS[language]}, 18:30"
            assert 'value="2026-12-05T18:30"' in field.widget.render("x", MomentField().prepare_value(typed)), name


def shown(field, typed):
    return field.widget.render("x", field.prepare_value(typed))


@pytest.mark.parametrize("typed", ["18:30", "18.30", "18 h 30", "6:30 pm"])
def test_every_field_for_a_time_takes_it_in_any_way_of_writing_it(typed):
    fields = dict(fields_of(TimeField))
    assert len(fields) >= 2
    for name, field in fields.items():
        assert field.to_python(typed) == time(18, 30), name
        assert 'value="18:30"' in shown(field, typed), name


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("en", "9.50", "9.50"),
        ("en", "9,50", "9.50"),  # cannot be thousands
        ("en", "1,250", "1250"),
        ("en", "1,234.50", "1234.50"),
        ("en", "12,34,567.50", "1234567.50"),
        ("en", "1,234,567", "1234567"),
        ("en", " -2.5 ", "-2.5"),
        ("en", "0.125", "0.125"),  # refused for its places, not as thousands
        ("de", "9,50", "9.50"),
        ("de", "9.50", "9.50"),
        ("de", "1.250", "1250"),
        ("de", "1.234,50", "1234.50"),
        ("de", "1,234.50", "1234.50"),
        ("de", "−2,50", "-2.50"),
        ("de-ch", "1’250.50", "1250.50"),
        ("fr", "1\u202f234,50", "1234.50"),
        ("fr", "1 234 567", "1234567"),
        ("ar", "١٬٢٣٤٫٥٠", "1234.50"),
        ("ar", "\u200f9.50", "9.50"),
        ("hi", "१२,३४,५६७.५", "1234567.5"),
    ],
)
def test_a_number_that_can_only_mean_one_is_read(language, typed, number):
    with override(language):
        assert NumberField().to_python(typed) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "typed", "example"),
    [
        ("en", "1.250", "9.50"),
        ("de", "1,250", "9,50"),
        ("fr", "1.250", "9,50"),
        ("fr", "1,250", "9,50"),
        ("de-ch", "1,250", "9.50"),
    ],
)
def test_a_number_that_can_mean_two_is_refused_with_how_to_write_it(language, typed, example):
    with override(language), pytest.raises(forms.ValidationError) as refused:
        MoneyField().clean(typed)

    assert all(part in refused.value.messages[0] for part in (typed, "1250", example))


def test_three_decimal_places_are_read_where_a_field_has_them():
    assert NumberField(decimal_places=3, max_digits=8).clean("1.250") == Decimal("1.250")


@pytest.mark.parametrize("typed", ["nine", "9,5,", "5,", "1e3", "12 50", "1,50.25", "9;50", "NaN", "١٢,x", "1" * 500])
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_no_number_is_refused_with_an_example(language, typed):
    with override(language), pytest.raises(forms.ValidationError) as refused:
        NumberField().clean(typed)

    assert {"en": "9.50", "de": "9,50"}[language] in refused.value.messages[0]


@pytest.mark.parametrize("language", [*LANGUAGES, "en-us", "de-ch"])
@pytest.mark.parametrize("currency", ["INR", "EUR", "USD", "JPY", "NPR", "CHF"])
def test_every_amount_that_a_page_writes_can_be_entered(settings, language, currency):
    settings.CURRENCY = currency
    units = (0, 7, 950, 1050, 99_999, 125_000, 1_234_560, 12_345_678)
    with override(language):
        for amount in (sign * Decimal(n) / (1 if currency == "JPY" else 100) for n in units for sign in (1, -1)):
            for written in (format_money(amount), format_column(amount)):
                if amount:
                    assert MoneyField(min_value=None).clean(written) == amount, written


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        ("en", "05/12/2026", date(2026, 12, 5)),
        ("en-us", "05/12/2026", date(2026, 5, 12)),
        ("en-us", "05.12.2026", date(2026, 12, 5)),  # with dots, the day is first everywhere
        ("de", "5. 12. 2026", date(2026, 12, 5)),
        ("ar", "٠٥/١٢/٢٠٢٦", date(2026, 12, 5)),
        ("ne", "2026/12/5", date(2026, 12, 5)),
    ],
)
def test_a_day_is_read_in_the_order_of_the_language(language, typed, day):
    with override(language):
        assert DayField().clean(typed) == day


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "12/31/2026"),
        ("en-us", "31/12/2026"),
        ("ne", "05/12/2026"),
        ("de", "05.12.26"),
        ("de", "31.2.2026"),
        ("de", "morgen"),
        ("de", "5.12/2026"),
    ],
)
def test_another_order_is_refused_with_an_example(language, typed):
    with override(language), pytest.raises(forms.ValidationError) as refused:
        DayField().clean(typed)

    with override(language):
        assert written_day(date(2026, 11, 27)) in refused.value.messages[0]


def test_a_day_and_a_time_are_read_together():
    with override("de"):
        moment = MomentField().clean("05.12.2026 18.30")
    assert moment.replace(tzinfo=None) == datetime(2026, 12, 5, 18, 30)
    for typed in ("05.12.2026", "2026-12-05T25:61", "18:30"):
        with override("de"), pytest.raises(forms.ValidationError, match=r"27\.11\.2026 18:30"):
            MomentField().clean(typed)


def test_every_language_has_an_order_of_days():
    for language in LANGUAGES:
        with override(language):
            assert sorted(day_style().order) == ["M", "d", "y"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_are_latin_in_every_language(language):
    moment = datetime(2026, 12, 5, 18, 30)
    with override(language):
        written = [format_money(Decimal("1234567.89")), format_number(1234567), format_percent(Decimal("12.5"))]
        written += [shown_date(moment, form) for form in FORMATS]
        written += [written_time(moment), written_day(moment), written_number(Decimal("1234567.89"))]
    assert all(sign in "0123456789" for text in written for sign in text if sign.isdecimal()), written
