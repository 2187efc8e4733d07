"""Another email address for an account."""

import pytest
from django.test import Client
from django.urls import reverse

from cinema.models import AuditEvent, EmailProof
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.services.people.mail_requests import TO_ONE
from cinema.services.people.passwords import store_password
from tests.factories import PASSWORD, ShowFactory, UserFactory, sold
from tests.mails import forget_mails, links, outbox
from tests.views.test_accounts import sign_in, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha(client):
    user = UserFactory(email="asha@example.org")
    client.force_login(user)
    return user


NEW = {"email": "asha.rao@example.org", "password": PASSWORD}


def ask_for(client, **changes):
    return client.post(reverse("email-change"), NEW | changes)


def test_an_email_changes_once_its_link_is_used_and_the_old_one_is_mailed(client, asha):
    assert ask_for(client).url == reverse("account")
    [message] = outbox()
    assert message.to == ["asha.rao@example.org"]
    [link] = links(message)
    browser = Client()
    assert b"asha.rao@example.org" in browser.get(link).content
    asha.refresh_from_db()
    assert asha.email == "asha@example.org"

    browser.post(link)

    asha.refresh_from_db()
    assert asha.email == "asha.rao@example.org"
    assert outbox()[-1].to == ["asha@example.org"]
    assert sign_in(Client(), "asha.rao@example.org").status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_an_address_that_has_changed_stands_in_the_audit_trail_by_key(client, asha):
    ask_for(client)
    Client().post(links(outbox()[-1])[0])

    action_form = AuditEvent.objects.get(action="NEW_EMAIL")
    assert (action_form.user, action_form.person, action_form.details) == (asha, asha, {})


def test_the_link_works_once_and_reveals_nothing_about_its_owner(client, asha):
    ask_for(client)
    [link] = links(outbox()[-1])
    client.post(link)

    assert client.post(link).status_code == client.get(link).status_code == 410
    assert "asha" not in link


def test_tickets_booked_without_an_account_stay_those_of_the_old_address(client, asha):
    ticket = sold(ShowFactory(), "A1")
    assert (ticket.order.user, ticket.order.email) == (None, asha.email)
    forget_mails()
    ask_for(client)

    client.post(links(outbox()[-1])[0])

    assert ticket.get_absolute_url() in client.get(reverse("my-tickets")).content.decode()


def test_an_address_shows_the_tickets_booked_with_it_only_once_it_is_proven(client, asha):
    theirs = sold(ShowFactory(), "A1")
    theirs.order.email = NEW["email"]
    theirs.order.save()

    sign_up(Client(), email=NEW["email"])
    ask_for(client)
    link = links(outbox()[-1])[0]
    client.get(link)
    assert not client.get(reverse("my-tickets")).context["page"].object_list
    assert client.post(reverse("ticket-cancellation", args=[theirs.code])).status_code == 400

    client.post(link)  # whoever has the mail is who booked
    assert list(client.get(reverse("my-tickets")).context["page"]) == [theirs]


def test_only_the_latest_link_works(client, asha):
    ask_for(client)
    ask_for(client, email="rao@example.org")
    first, second = (links(message)[0] for message in outbox())

    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "asha"}, "email"),
        ({"email": "ASHA@example.org"}, "email"),
        ({"password": "wrong"}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_asking_for_another_address_names_the_field_that_is_wrong(client, asha, wrong, field):
    response = ask_for(client, **wrong)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert not outbox()
    assert not EmailProof.objects.exists()


def test_the_password_cannot_be_guessed_in_another_persons_session(client, asha):
    for _ in range(LIMITS[Kind.PASSWORD].at_one_from_one):
        assert ask_for(client, password="wrong").status_code == 400

    assert ask_for(client).status_code == 429


def test_an_email_with_an_account_gets_a_mail_and_the_page_reveals_nothing(client, asha):
    UserFactory(email="asha.rao@example.org")

    assert ask_for(client).url == reverse("account")

    [message] = outbox()
    assert message.to == ["asha.rao@example.org"]
    assert links(message) == [reverse("sign-in")]


def test_an_address_that_got_an_account_meanwhile_is_refused(client, asha):
    ask_for(client)
    [link] = links(outbox()[-1])
    UserFactory(email="asha.rao@example.org")

    assert client.post(link).status_code == 410
    asha.refresh_from_db()
    assert asha.email == "asha@example.org"


def test_a_new_password_cancels_earlier_requests(client, asha):
    ask_for(client)
    [link] = links(outbox()[-1])

    store_password(user=asha, client_ip="", by_mail=True)

    assert client.post(link).status_code == 410


def test_changing_the_email_needs_a_sign_in(client):
    assert ask_for(client).url.startswith(reverse("sign-in"))


def test_requested_mails_from_one_client_are_limited(client, asha):
    for _ in range(TO_ONE):
        ask_for(client)

    assert ask_for(client).status_code == 429
