"""The set-up steps of a theatre, up to the first show on sale."""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from cinema.models import Movie, PriceCard, Screen, Seat, SeatCategory, Show, Theatre, TicketType


class FirstStep(StrEnum):
    """The steps until the first ticket can be sold, in order."""

    THEATRE = "theatre"
    CATEGORIES = "categories"
    SCREEN = "screen"
    FILM = "film"
    TICKET_TYPES = "ticket-types"
    PRICES = "prices"
    SHOW = "show"
    PUBLISH = "publish"


class StepState(StrEnum):
    DONE = "done"
    NEXT = "next"
    LATER = "later"


class FirstSteps(NamedTuple):
    """The steps of a theatre with their states; without a theatre those of an empty installation."""

    theatre: Theatre | None
    steps: list[tuple[FirstStep, StepState]]


def first_steps(theatres: Collection[Theatre]) -> list[FirstSteps]:
    """The steps of each theatre that has not done them all, in two statements."""
    films = Movie.objects.filter(retired_at=None).exists()
    shows = Show.objects.filter(screen__theatre=OuterRef("pk")).exclude(status=Show.Status.CANCELLED)
    seats = Seat.objects.filter(screen=OuterRef("pk"), retired_at=None)
    facts = Theatre.objects.filter(pk__in=[theatre.pk for theatre in theatres]).values_list(
        "pk",
        Exists(SeatCategory.objects.filter(theatre=OuterRef("pk"))),
        Exists(Screen.objects.filter(Exists(seats), theatre=OuterRef("pk"), retired_at=None)),
        Exists(TicketType.objects.filter(theatre=OuterRef("pk"), retired_at=None)),
        Exists(PriceCard.objects.filter(theatre=OuterRef("pk"), retired_at=None, prices__isnull=False)),
        Exists(shows),
        Exists(shows.filter(status=Show.Status.SCHEDULED)),
    )
    done = {pk: (True, categories, screens, films, *others) for pk, categories, screens, *others in facts}
    found = [FirstSteps(theatre, _in_order(done[theatre.pk])) for theatre in theatres if theatre.pk in done]
    return [steps for steps in found if steps.steps[-1][1] != StepState.DONE]


def steps_without_theatre() -> FirstSteps:
    """The steps of an installation without a theatre; films may have been imported already."""
    films = Movie.objects.filter(retired_at=None).exists()
    return FirstSteps(None, _in_order([step == FirstStep.FILM and films for step in FirstStep]))


def _in_order(done: Collection[bool]) -> list[tuple[FirstStep, StepState]]:
    """The states of the steps. If a show is published, all are done; else the first missing step is next."""
    published = all(done) or list(done)[-1]
    first = next((step for step, is_done in zip(FirstStep, done, strict=True) if not is_done), None)
    states = []
    for step, is_done in zip(FirstStep, done, strict=True):
        open_state = StepState.NEXT if step == first else StepState.LATER
        states.append((step, StepState.DONE if is_done or published else open_state))
    return states
