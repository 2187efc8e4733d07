"""Roles of users at theatres."""

from collections.abc import Collection
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from cinema.models import StaffRole, Theatre, User
from cinema.selectors.core.compiled import Compiled

Role = StaffRole.Role
MANAGER, BOX_OFFICE, USHER = Role.MANAGER, Role.BOX_OFFICE, Role.USHER
ANYBODY = tuple(Role.values)


class Post(NamedTuple):
    """A theatre where a user works, and the user's roles there."""

    theatre: Theatre
    roles: frozenset[str]

    def may(self, *roles: str) -> bool:
        """Whether the user has one of ``roles`` there."""
        return not self.roles.isdisjoint(roles)

    def only_selling(self) -> "Post":
        """The role of box office alone, if the user may sell there, else none."""
        return self._replace(roles=frozenset([BOX_OFFICE]) if self.may(MANAGER, BOX_OFFICE) else frozenset())


def post_at(user: User, slug: str) -> Post | None:
    """The roles of ``user`` at the theatre, in one statement; None without any. An owner has all roles everywhere."""
    if user.is_owner:
        theatre = Theatre.objects.filter(slug=slug).first()
        return Post(theatre, frozenset(Role.values)) if theatre else None
    roles = list(StaffRole.objects.filter(user=user, theatre__slug=slug).select_related("theatre"))
    return Post(roles[0].theatre, frozenset(role.role for role in roles)) if roles else None


def posts_of(user: User) -> list[Post]:
    """All theatres where ``user`` works, by name."""
    if user.is_owner:
        return [Post(theatre, frozenset(Role.values)) for theatre in Theatre.objects.all()]
    posts: dict[Theatre, set[str]] = {}
    for role in StaffRole.objects.filter(user=user).select_related("theatre").order_by("theatre__name"):
        posts.setdefault(role.theatre, set()).add(role.role)
    return [Post(theatre, frozenset(roles)) for theatre, roles in posts.items()]


def is_anywhere(user: User, roles: Collection[str]) -> bool:
    """Whether ``user`` has one of the roles at any theatre. One statement, or none for an owner."""
    return user.is_owner or StaffRole.objects.filter(user=user, role__in=roles).exists()


def sells_at(user: User, show_id: int) -> bool:
    """Whether ``user`` may sell at the theatre of the show. One statement, or none for an owner."""
    return user.is_owner or bool(_selling(user.pk, show_id))


@Compiled
def _selling(user: int, show: int) -> QuerySet[StaffRole, tuple[int]]:
    roles = StaffRole.objects.filter(user=user, role__in=[Role.MANAGER, Role.BOX_OFFICE])
    return roles.filter(theatre__screens__shows=show).values_list("pk")


def is_staff_anywhere(user: User | AnonymousUser) -> bool:
    """Whether ``user`` has any role, and so access to the back office."""
    return user.is_authenticated and is_anywhere(user, Role.values)
