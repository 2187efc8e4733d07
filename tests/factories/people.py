"""People, and the legal texts they read."""

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from cinema.models import LegalText, StaffRole, Theatre, User

MANAGER, BOX_OFFICE, USHER = StaffRole.Role.MANAGER, StaffRole.Role.BOX_OFFICE, StaffRole.Role.USHER
PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """A user who signs in with PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"asha{n}@example.org")
    name = "Asha Rao"
    password = Password(PASSWORD)


def staff(theatre: Theatre | None, *roles: str, **fields: Any) -> User:
    """A user with these roles at the theatre: staff(theatre, MANAGER)."""
    user = UserFactory(**fields)
    StaffRole.objects.bulk_create(StaffRole(user=user, theatre=theatre, role=role) for role in roles)
    return user


def owner(**fields: Any) -> User:
    """A user who may do everything."""
    return UserFactory(is_staff=True, is_superuser=True, **fields)


def published(
    *kinds: str, text: str = "# Who we are\n\nAsha Rao, Mumbai", theatre: Theatre | None = None, version: int = 1
) -> None:
    """Publish these legal texts, of the site or of a theatre."""
    texts = {"text": text, "created_at": timezone.now()}
    for kind in kinds:
        LegalText.objects.get_or_create(kind=kind, theatre=theatre, version=version, defaults=texts)
