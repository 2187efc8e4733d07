"""The people who can sign on at the tills of a theatre."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from cinema.models import StaffPin, StaffRole, Theatre, User
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER


def sellers_at(theatre: Theatre) -> QuerySet[User]:
    """The active people with a PIN at the theatre who may sell there, by name."""
    roles = StaffRole.objects.filter(user=OuterRef("pk"), theatre=theatre, role__in=[MANAGER, BOX_OFFICE])
    pins = StaffPin.objects.filter(user=OuterRef("pk"), theatre=theatre)
    found = User.objects.filter(Q(is_superuser=True) | Exists(roles), Exists(pins), is_active=True)
    return found.order_by("name", "email")


def supervisors_at(theatre: Theatre) -> QuerySet[User]:
    """Those of sellers_at() who are managers or owners."""
    managers = StaffRole.objects.filter(user=OuterRef("pk"), theatre=theatre, role=MANAGER)
    return sellers_at(theatre).filter(Q(is_superuser=True) | Exists(managers))


def has_pin(theatre: Theatre, user: User) -> bool:
    """Whether somebody has a PIN at the theatre."""
    return StaffPin.objects.filter(theatre=theatre, user=user).exists()
