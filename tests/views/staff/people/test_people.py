"""Who works at a theatre: added by email, dismissed, and by whom."""

import re

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, StaffRole, User
from tests.factories import BOX_OFFICE, MANAGER, USHER, TheatreFactory, UserFactory, owner, staff
from tests.mails import outbox
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory(name="Galaxy", slug="galaxy")


@pytest.fixture
def boss():
    return owner(name="Olga")


def signed_in(user: User):
    client = browser()
    client.force_login(user)
    return client


def people(theatre):
    return reverse("staff-people", args=[theatre.slug])


def take(theatre, user):
    return reverse("staff-people-take", args=[theatre.slug, user.pk])


def roles(user: User) -> list[str]:
    return sorted(StaffRole.objects.filter(user=user).values_list("role", flat=True))


def test_somebody_with_an_account_gets_a_role_and_keeps_their_name(theatre, boss):
    asha = UserFactory(email="asha@example.org", name="Asha Rao")

    response = signed_in(boss).post(
        people(theatre), {"email": " ASHA@example.org", "name": "Somebody", "roles": [USHER, BOX_OFFICE]}, follow=True
    )

    assert "Asha Rao now works here as box office and usher" in text(response)
    assert roles(asha) == [BOX_OFFICE, USHER]
    asha.refresh_from_db()
    assert asha.name == "Asha Rao"
    action_form = AuditEvent.objects.get()
    assert (action_form.user, action_form.theatre, action_form.details) == (
        boss,
        theatre,
        {"given": [BOX_OFFICE, USHER]},
    )
    assert action_form.person == asha


def test_somebody_new_is_invited_and_signs_in_with_a_password_of_their_own(
    theatre, boss, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(boss).post(
            people(theatre), {"email": "bela@example.org", "name": "Bela", "roles": [BOX_OFFICE]}
        )
    assert response.status_code == 303
    assert not User.objects.get(email="bela@example.org").has_usable_password()

    [invitation] = outbox()
    assert invitation.to == ["bela@example.org"]
    assert invitation.subject == "Welcome to the staff of Galaxy"
    assert "Olga has added you" in invitation.body
    link = re.search(r"http://testserver(/\S+)", invitation.body)[1]
    bela = browser()
    page = bela.get(link, follow=True)
    password = "a password of my own"
    bela.post(page.request["PATH_INFO"], {"new_password1": password, "new_password2": password})
    signed = bela.post(reverse("sign-in"), {"username": "bela@example.org", "password": password})
    assert signed.url == reverse("staff")


def test_nobody_is_invited_when_nothing_was_saved(theatre, boss, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        signed_in(staff(theatre, MANAGER)).post(people(theatre), {"email": "bela@example.org", "roles": [MANAGER]})

    assert not callbacks
    assert not User.objects.filter(email="bela@example.org").exists()


def test_somebody_with_a_password_gets_no_link(theatre, boss, django_capture_on_commit_callbacks):
    asha = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(boss).post(people(theatre), {"email": asha.email, "roles": [USHER]})

    assert not outbox()


def test_the_link_can_be_sent_again_until_there_is_a_password(theatre, boss):
    bela = staff(theatre, USHER)
    bela.set_unusable_password()
    bela.save()
    client = signed_in(boss)

    page = client.get(people(theatre))
    again = reverse("staff-people-invite", args=[theatre.slug, bela.pk])
    assert "invited" in text(page)
    assert again in page.content.decode()

    client.post(again)
    assert len(outbox()) == 1
    bela.set_password("a password of my own")
    bela.save()
    client.post(again)
    assert len(outbox()) == 1


def test_an_invited_person_can_also_request_a_link(theatre):
    bela = staff(theatre, USHER, email="bela@example.org")
    bela.set_unusable_password()
    bela.save()

    browser().post(reverse("password-reset"), {"email": "Bela@example.org"})

    assert [message.to for message in outbox()] == [["bela@example.org"]]


def test_a_mail_that_cannot_be_sent_breaks_nothing(theatre, boss, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(boss).post(people(theatre), {"email": "bela@example.org", "roles": [USHER]})

    assert response.status_code == 303
    assert roles(User.objects.get(email="bela@example.org")) == [USHER]


def test_the_same_click_twice_gives_the_role_once(theatre, boss):
    asha, client = UserFactory(), signed_in(boss)
    client.post(people(theatre), {"email": asha.email, "roles": [USHER]})

    response = client.post(people(theatre), {"email": asha.email, "roles": [USHER]}, follow=True)

    assert "already has this role here" in text(response)
    assert AuditEvent.objects.count() == 1


def test_a_manager_gives_and_takes_the_box_office_and_the_door(theatre):
    client, asha = signed_in(staff(theatre, MANAGER)), UserFactory()

    client.post(people(theatre), {"email": asha.email, "roles": [BOX_OFFICE, USHER]})
    assert roles(asha) == [BOX_OFFICE, USHER]
    response = client.post(take(theatre, asha), {"role": USHER})
    assert response.status_code == 303
    assert roles(asha) == [BOX_OFFICE]
    assert AuditEvent.objects.first().details == {"taken": [USHER]}


def test_a_manager_makes_and_dismisses_no_managers(theatre):
    meera = staff(theatre, MANAGER)
    client, other, asha = signed_in(meera), staff(theatre, MANAGER), UserFactory()

    assert client.post(people(theatre), {"email": asha.email, "roles": [MANAGER]}).status_code == 400
    for manager in (other, meera):
        response = client.post(take(theatre, manager), {"role": MANAGER})
        assert response.status_code == 409
        assert "Only an owner" in text(response)
    assert roles(meera) == roles(other) == [MANAGER]
    assert roles(asha) == []


def test_an_owner_makes_and_dismisses_managers(theatre, boss):
    client, asha = signed_in(boss), UserFactory()

    client.post(people(theatre), {"email": asha.email, "roles": [MANAGER]})
    assert roles(asha) == [MANAGER]
    client.post(take(theatre, asha), {"role": MANAGER})
    assert roles(asha) == []


def test_an_owner_cannot_be_locked_out(theatre, boss):
    client = signed_in(boss)
    client.post(people(theatre), {"email": boss.email, "roles": [MANAGER]})
    client.post(take(theatre, boss), {"role": MANAGER})

    assert client.get(people(theatre)).status_code == 200
    assert client.get(reverse("staff-theatres")).status_code == 200


def test_roles_at_other_theatres_are_not_shown(theatre, boss):
    asha = staff(TheatreFactory(), USHER)

    assert signed_in(boss).post(take(theatre, asha), {"role": USHER}).status_code == 404
    assert roles(asha) == [USHER]


def test_taking_what_somebody_does_not_have_changes_nothing(theatre, boss):
    asha = staff(theatre, USHER)

    signed_in(boss).post(take(theatre, asha), {"role": BOX_OFFICE})

    assert roles(asha) == [USHER]
    assert not AuditEvent.objects.exists()


def test_a_closed_account_gets_no_role(theatre, boss):
    asha = UserFactory(is_active=False)

    response = signed_in(boss).post(people(theatre), {"email": asha.email, "roles": [USHER]})

    assert response.status_code == 409
    assert "deactivated" in text(response)
    assert roles(asha) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "nobody"},
        {"email": "a\0b@example.org"},
        {"email": "x" * 300 + "@example.org"},
        {"email": "a@example.org\nBcc: b@example.org"},
        {"roles": []},
        {"roles": ["OWNER"]},
        {"name": "x" * 151},
        {"name": "a\0b"},
    ],
)
def test_bad_input_is_rejected_and_creates_nobody(theatre, boss, wrong):
    response = signed_in(boss).post(people(theatre), {"email": "bela@example.org", "roles": [USHER]} | wrong)

    assert response.status_code == 400
    assert User.objects.count() == 1


@pytest.mark.parametrize("role", ["", "OWNER", "a\0b"])
def test_an_unknown_role_is_rejected(theatre, boss, role):
    assert signed_in(boss).post(take(theatre, staff(theatre, USHER)), {"role": role}).status_code == 400


def test_html_in_a_name_is_text(theatre, boss, django_capture_on_commit_callbacks):
    client = signed_in(boss)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(people(theatre), {"email": "b@example.org", "name": "<b>Bela</b>\nBcc: x", "roles": [USHER]})

    assert "<b>Bela" not in client.get(people(theatre)).content.decode()
    assert "<b>Bela" not in outbox()[0].alternatives[0][0]


def test_owners_are_listed(theatre, boss):
    assert "Olga" in text(signed_in(staff(theatre, MANAGER)).get(people(theatre)))


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_takes_the_same_few_statements_whatever_its_length(theatre, boss, statements, number):
    for _ in range(number):
        staff(theatre, USHER, BOX_OFFICE)
    client = signed_in(boss)

    with statements() as seen:
        client.get(people(theatre))

    assert len(seen) == 5  # session, person, theatre, people, owners
