"""Reads about the people who work at a theatre."""

from typing import NamedTuple

from cinema.models import StaffRole, Theatre, User

Role = StaffRole.Role


class StaffMember(NamedTuple):
    """A member of staff and their roles. A user without a password was invited and has not accepted yet."""

    user: User
    roles: list[str]

    @property
    def labelled(self) -> list[tuple[str, str]]:
        """The roles with their display names."""
        return [(role, str(Role(role).label)) for role in self.roles]


def people_at(theatre: Theatre) -> list[StaffMember]:
    """Everybody with a role at the theatre, by name, in one query."""
    held = StaffRole.objects.filter(theatre=theatre).select_related("user").order_by("user__name", "user__email")
    people: dict[User, set[str]] = {}
    for role in held:
        people.setdefault(role.user, set()).add(role.role)
    return [StaffMember(user, [role for role in Role.values if role in roles]) for user, roles in people.items()]


def person_at(theatre: Theatre, user_id: int) -> User | None:
    """The user with this key if they have a role at the theatre, else None."""
    return User.objects.filter(pk=user_id, staff_roles__theatre=theatre).distinct().first()


def owners() -> list[User]:
    """The active owners, who have all rights at all theatres, by name."""
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("name", "email"))
