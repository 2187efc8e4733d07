"""The theatre of the demo's year: eight halls of 250 seats, prices, films and start times."""

from collections.abc import Sequence
from datetime import date, time
from random import Random

from cinema.demo.programme import films_in_week_of
from cinema.demo.taxes import INDIA, set_taxes
from cinema.models import (
    Movie,
    Price,
    PriceAdjustment,
    PriceCard,
    Screen,
    SeatCategory,
    Show,
    StaffRole,
    Theatre,
    TicketType,
    User,
)
from cinema.services.halls.halls import build_screen

NAME, SLUG = "Year House", "year-house"
MANAGER = ("manager@demo.example", "manager-demo", "Meera Pillai")
SCREENS = 8
STARTS = [time(8, 30), time(11, 15), time(14), time(16, 45), time(19, 30), time(22, 15)]
TRAILERS = TURNAROUND = 10
LONGEST = 145  # minutes: the longest film that fits between two starts
DISTRIBUTORS = ["Monsoon Pictures", "Himal Releasing", "Deccan Film Exchange", "Seven Seas Films"]

CATEGORIES = {"Stalls": 180, "Circle": 240, "Recliner": 360}  # price for an adult
KINDS = {"Adult": 0, "Child": -70, "Student": -40, "Senior": -50}  # reduction by ticket type
WIDE = "\n".join(
    [
        "kwccc.ccccccccccccccc.cccwk",
        *["ccccc.ccccccccccccccc.ccccc"] * 3,
        *["ppppp.ppppppppppppppp.ppppp"] * 5,
        "rrrrr.rrrrrrrrrrrrrrr.rrrrr",
    ]
)
DEEP = "\n".join(
    [
        "kwccc.cccccccccc.cccwk",
        *["ccccc.cccccccccc.ccccc"] * 4,
        "",
        *["ppppp.pppppppppp.ppppp"] * 6,
        "rrrrr.rrrrrrrrrr.rrrrr",
        "..RR.RR.RR.RR.RR",
    ]
)
FORMATS = [Show.Format.IMAX, Show.Format.DOLBY, Show.Format.THREE_D]  # of the first screens; the others show 2D only


def build() -> Theatre:
    """Build the theatre with its halls, prices and manager."""
    theatre = Theatre.objects.create(
        name=NAME,
        slug=SLUG,
        city="Mumbai",
        address="8 Colaba Causeway, Apollo Bandar, 400001",
        time_zone="Asia/Kolkata",
        refund_percent=80,
        single_seats=Theatre.SingleSeats.WARN,
        trailers=TRAILERS,
        turnaround=TURNAROUND,
    )
    theatre = set_taxes(theatre, INDIA)
    categories = {
        letter: SeatCategory.objects.create(theatre=theatre, name=name, rank=rank)
        for rank, (letter, name) in enumerate(zip("cpr", CATEGORIES, strict=True), start=1)
    }
    for number in range(1, SCREENS + 1):
        plan, shape = (DEEP, Screen.Shape.STRAIGHT) if number % 2 else (WIDE, Screen.Shape.CURVED)
        build_screen(theatre=theatre, name=f"Screen {number}", plan=plan, categories=categories, shape=shape)
    _price_card(theatre)
    email, password, name = MANAGER
    manager = User.objects.filter(email=email).first() or User.objects.create_user(email, password, name=name)
    StaffRole.objects.create(user=manager, theatre=theatre, role=StaffRole.Role.MANAGER)
    return theatre


def _price_card(theatre: Theatre) -> None:
    card = PriceCard.objects.create(theatre=theatre, name="Every day")
    kinds = [
        (TicketType.objects.create(theatre=theatre, name=name, rank=rank), less)
        for rank, (name, less) in enumerate(KINDS.items(), start=1)
    ]
    Price.objects.bulk_create(
        Price(card=card, category=category, ticket_type=kind, amount=CATEGORIES[category.name] + less)
        for category in theatre.seat_categories.all()
        for kind, less in kinds
    )
    PriceAdjustment.objects.bulk_create(
        [
            PriceAdjustment(card=card, name="Weekend nights", weekdays=[4, 5, 6], from_time=time(17), amount=60),
            PriceAdjustment(card=card, name="Matinée", weekdays=[0, 1, 2, 3], until_time=time(13), amount=-40),
            PriceAdjustment(card=card, name="3D", format=Show.Format.THREE_D, amount=50),
            PriceAdjustment(card=card, name="IMAX", format=Show.Format.IMAX, amount=150),
            PriceAdjustment(card=card, name="Dolby Atmos", format=Show.Format.DOLBY, amount=80),
        ]
    )


def name_distributors(movies: Sequence[Movie]) -> None:
    """Set an invented distributor for each film without one."""
    for movie in movies:
        if not movie.distributor:
            movie.distributor = DISTRIBUTORS[movie.pk % len(DISTRIBUTORS)]
            movie.save(update_fields=["distributor"])


def films_on(day: date, movies: Sequence[Movie], rng: Random) -> list[tuple[Movie, float]]:
    """The films of the day with their popularity, the newest and most popular first."""
    playing = films_in_week_of(day, movies)[::-1]
    return [(movie, 1.7 - 1.3 * n / len(playing) + rng.uniform(-0.1, 0.1)) for n, movie in enumerate(playing)]


def start_of(screen: int, slot: int) -> time:
    """The start of a show; screens (from 0) start five minutes apart."""
    start = STARTS[slot]
    minutes = start.hour * 60 + start.minute + 5 * screen
    return time(minutes // 60, minutes % 60)


def format_of(screen: int) -> str:
    return FORMATS[screen] if screen < len(FORMATS) else Show.Format.STANDARD
