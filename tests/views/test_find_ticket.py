"""Finding a ticket again by its reference and the email address."""

import pytest
from django.urls import reverse

from cinema.models import Ticket
from tests.factories import CONTACT, ShowFactory, sold

pytestmark = pytest.mark.django_db

FIND = "/tickets/"
PASTED = [
    "Reference: K7PM 3WXY",
    "Ref. K7PM-3WXY",
    "\uff2b\uff17\uff30\uff2d\uff13\uff37\uff38\uff39",
    "K7PM\u200b3WXY",
]


@pytest.fixture
def ticket():
    ticket = sold(ShowFactory(), "A1")
    Ticket.objects.update(reference="K7PM3WXY")
    return ticket


@pytest.mark.parametrize("reference", ["K7PM3WXY", "K7PM-3WXY", " k7pm 3wxy ", "k7pm–3wxy", *PASTED])
@pytest.mark.parametrize("email", [CONTACT.email, " ASHA@Example.org"])
def test_the_reference_is_understood_as_people_type_it(client, ticket, reference, email):
    response = client.post(FIND, {"reference": reference, "email": email})

    assert response.url == reverse("ticket", args=[ticket.code])


def test_what_does_not_match_is_refused_without_saying_which_part_is_wrong(client, ticket):
    wrong_reference = client.post(FIND, {"reference": "K7PM3WXX", "email": CONTACT.email})
    wrong_email = client.post(FIND, {"reference": "K7PM3WXY", "email": "ben@example.org"})

    assert wrong_reference.status_code == wrong_email.status_code == 400
    assert wrong_reference.context["form"].errors == wrong_email.context["form"].errors
    assert b"Please check both" in wrong_email.content


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reference": "K7PM", "email": CONTACT.email}, "reference"),
        ({"reference": "K7PM-3WXY\0", "email": CONTACT.email}, "reference"),
        ({"reference": "", "email": CONTACT.email}, "reference"),
        ({"reference": "K7PM-3WXY", "email": "asha"}, "email"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(client, ticket, data, field):
    response = client.post(FIND, data)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]


def test_the_form_is_kept_by_no_cache(client):
    assert "no-store" in client.get(FIND)["Cache-Control"]
