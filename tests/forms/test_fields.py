"""Fields that several forms have."""

import pytest
from django import forms

from cinema.forms.booking import BookForm, ContactForm
from cinema.forms.fields import LONGEST_ADDRESS, NameField
from cinema.forms.waiting import WaitingForm
from cinema.models import Ticket, User, WaitingEntry


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\u2066", "\ufeff"])
def test_signs_that_nobody_sees_are_no_part_of_a_name(sign):
    assert NameField().clean(f"{sign}Asha{sign} Rao") == "Asha Rao"
    with pytest.raises(forms.ValidationError):
        NameField().clean(sign)


@pytest.mark.parametrize("name", ["क्‍ष", "نامه‌ای", "👩‍🎤"])
def test_signs_that_join_letters_stay(name):
    assert NameField().clean(name) == name


@pytest.mark.parametrize("form", [ContactForm, BookForm, WaitingForm])
def test_no_address_is_longer_than_is_kept(form):
    """PostgreSQL would refuse it, long after the form."""
    longest = "a" * (LONGEST_ADDRESS - 12) + "@example.org"
    field = form.base_fields["email"]
    assert field.max_length == LONGEST_ADDRESS == len(longest)
    for model in (Ticket, User, WaitingEntry):
        assert model._meta.get_field("email").max_length == LONGEST_ADDRESS
    with pytest.raises(forms.ValidationError):
        field.clean(f"a{longest}")
