"""Form fields shared by several forms: forms.core.fields."""

from contextlib import suppress

import pytest
from django import forms

from cinema.forms.booking.booking import ContactForm
from cinema.forms.booking.programs import BookForm
from cinema.forms.booking.waiting import WaitingForm
from cinema.forms.core.fields import LONGEST_ADDRESS, EmailField, NameField
from cinema.models import Order, User, WaitingEntry
from tests.forms.every import all_forms


def text_fields():
    """Every text field of the project's forms, by name."""
    for form in all_forms():
        for name, field in form.base_fields.items():
            written = isinstance(field, forms.CharField) and not field.widget.is_hidden
            if written and not isinstance(field.widget, forms.PasswordInput):
                yield f"{form.__qualname__}.{name}", field


@pytest.mark.parametrize("sign", ["\u200e", "\u061c", "\u00ad", "\u3164", "\U000e0041"], ids=ascii)
def test_no_field_accepts_invisible_characters(sign):
    fields = dict(text_fields())
    assert len(fields) > 30

    taken = []
    for name, field in fields.items():
        with suppress(forms.ValidationError):  # it refuses the sign
            taken += [name] if sign in str(field.clean(f"one{sign}two@example.org")) else []
    assert not taken


@pytest.mark.parametrize("typed", ["mi\u212ae@example.org", "MIKE@Example.org", "\uff4dike@example.org"], ids=ascii)
def test_every_email_address_is_normalised_as_stored(typed):
    fields = {name: field for name, field in text_fields() if isinstance(field, forms.EmailField)}
    assert len(fields) >= 9

    assert {name: field.clean(typed) for name, field in fields.items()} == dict.fromkeys(fields, "mike@example.org")


@pytest.mark.parametrize("typed", ["m\u0131ke@example.org", "jos\u00e9@example.org", "asha@-\u00fc-.de"], ids=ascii)
def test_an_address_to_which_no_mail_can_be_sent_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        EmailField().clean(typed)


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\u2066", "\ufeff"])
def test_invisible_characters_are_removed_from_names(sign):
    assert NameField().clean(f"{sign}Asha{sign} Rao") == "Asha Rao"
    with pytest.raises(forms.ValidationError):
        NameField().clean(sign)


@pytest.mark.parametrize("name", ["क्‍ष", "نامه‌ای", "👩‍🎤"])
def test_characters_that_join_letters_stay(name):
    assert NameField().clean(name) == name


@pytest.mark.parametrize("form", [ContactForm, BookForm, WaitingForm])
def test_no_email_address_is_longer_than_the_column(form):
    """Otherwise PostgreSQL would reject it when it is stored."""
    longest = "a" * (LONGEST_ADDRESS - 12) + "@example.org"
    field = form.base_fields["email"]
    assert field.max_length == LONGEST_ADDRESS == len(longest)
    for model in (Order, User, WaitingEntry):
        assert model._meta.get_field("email").max_length == LONGEST_ADDRESS
    with pytest.raises(forms.ValidationError):
        field.clean(f"a{longest}")
