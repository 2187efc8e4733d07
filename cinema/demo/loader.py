"""Loads the demo into an empty database, and extends its schedule to two weeks from today."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from cinema.demo.films import COMING, FILMS, add_films, announce_films, ask_for_alert, draw_stills, slug_of
from cinema.demo.legal import publish_texts
from cinema.demo.logos import draw_logos
from cinema.demo.prices import card_for
from cinema.demo.programme import DemoFilm, DemoSlot, day_at, films_in_week_of
from cinema.demo.taxes import set_taxes
from cinema.demo.theatres import HOUSES, House
from cinema.demo.translations import translations_of
from cinema.exceptions import BusinessRuleViolation
from cinema.models import Appearance, FurtherFilm, Language, Movie, Screen, SeatCategory, Theatre, User
from cinema.models.labels import stored_labels
from cinema.services.films.seasons import SeasonPlan, add_season
from cinema.services.halls.halls import build_screen
from cinema.services.money.tills import save_till
from cinema.services.money.vouchers import issue_vouchers
from cinema.services.people.pins import set_pin
from cinema.services.prices.coupons import add_coupon
from cinema.services.schedule.private_hires import HireTerms, add_hire
from cinema.services.schedule.schedule import ShowPlan, schedule_shows
from cinema.services.schedule.showtimes import local_moment

DAYS = 14
MOVIEGOER = ("moviegoer@demo.example", "moviegoer-demo", "Mira Sen")
OWNER = ("owner@demo.example", "owner-demo", "Omar Rana")
HIRED_IN = 5  # days
SEASON = ("Films from Japan", "Tea houses, villages and a bath house of spirits, on a large screen.")
PIN = "2468"


def is_empty() -> bool:
    """Whether the database has no theatre and no film yet."""
    return not (Theatre.objects.exists() or Movie.objects.exists())


def is_real_cinema() -> bool:
    """Whether the database, migrated or not, contains a cinema other than the demo."""
    if Theatre._meta.db_table not in connection.introspection.table_names():
        return False
    return not is_empty() and not Theatre.objects.filter(slug__in=[house.slug for house in HOUSES]).exists()


@transaction.atomic
def load() -> None:
    """Load theatres, films, users and two weeks of shows, in one transaction."""
    for house in HOUSES:
        _build(house)
    add_films()
    for create, (email, password, name) in [
        (User.objects.create_user, MOVIEGOER),
        (User.objects.create_superuser, OWNER),
    ]:
        if not User.objects.filter(email=email).exists():
            create(email, password, name=name)
    _set_up_tills()
    _hire_out()
    _add_season()
    publish_texts()
    top_up()
    ask_for_alert(User.objects.get(email=MOVIEGOER[0]))


def _add_season() -> None:
    """Japanese films under one title, at all theatres."""
    movies = list(Movie.objects.filter(original_language__code="ja"))
    title, text = SEASON
    texts = {"title_translations": translations_of(title), "text_translations": translations_of(text)}
    add_season(plan=SeasonPlan(title=title, text=text, movies=movies, **texts), user=None)


def _hire_out() -> None:
    """A school has the first hall of the first house on a morning, before its first show."""
    house = HOUSES[0]
    screen = Screen.objects.select_related("theatre").get(theatre__slug=house.slug, name=house.halls[0].name)
    theatre = screen.theatre
    day = timezone.localdate(timezone=theatre.tz) + timedelta(days=HIRED_IN)
    opens = datetime.combine(day, house.halls[0].opens, theatre.tz)
    terms = HireTerms(
        screen=screen,
        starts_at=opens - timedelta(hours=3),
        ends_at=opens - timedelta(minutes=30),
        occasion="School visit, class 7",
        contact="Meera Iyer",
        email="school@demo.example",
        price=Decimal(9000),
        note="90 pupils, 6 teachers. Projection room at half past.",
    )
    add_hire(theatre=theatre, terms=terms, user=None)


def _set_up_tills() -> None:
    """A till for each theatre, at which the owner signs on with PIN."""
    owner = User.objects.get(email=OWNER[0])
    for theatre in Theatre.objects.filter(slug__in=[house.slug for house in HOUSES]):
        save_till(theatre=theatre, name="Box office", by=owner)
        set_pin(theatre=theatre, user=owner, pin=PIN, by=owner)


def top_up() -> int:
    """Schedule DAYS days from today on every screen that has no shows on such a day; return the number of new shows.

    Changes by staff are kept.
    """
    announce_films()
    films = _films_with_movies()
    languages = {language.code: language for language in Language.objects.all()}
    shows = 0
    for house, theatre, day in tqdm(_days_to_fill(), desc="Shows", unit="day", disable=None):
        shows += _fill(house, theatre, day, films, languages)
    return shows


def illustrate() -> None:
    """Draw stills of a coming film and of one that is on today, in the owner’s name, if they have none."""
    coming, on = Movie.objects.filter(slug=slug_of(COMING[0])), films_in_week_of(timezone.now().date(), FILMS)[0]
    if owner := User.objects.filter(email=OWNER[0]).first():
        draw_stills(coming | Movie.objects.filter(slug=slug_of(on)), owner)


def _build(house: House) -> None:
    theatre = Theatre.objects.create(
        name=house.name,
        slug=house.slug,
        city=house.city,
        address=house.address,
        time_zone=house.time_zone,
        cancel_cutoff=house.cancel_cutoff,
        refund_percent=house.refund_percent,
        buyer_exchanges=True,
        single_seats=house.single_seats,
        carer_free=house.carer_free,
        legal_name=house.legal_name,
        tax_number=house.tax_number,
        receipt_prefix=house.receipt_prefix,
        web_fee=house.web_fee,
        reminder_hours=house.reminder_hours,
    )
    Appearance.objects.create(
        theatre=theatre,
        name=house.name,
        accent=house.accent,
        phone=house.phone,
        announcement=house.announcement,
        announcement_translations=translations_of(house.announcement),
        **(draw_logos(house.name, house.slug, house.accent) if house.has_logo else {}),
    )
    theatre = set_taxes(theatre, house.taxes)
    for plan in house.coupons:
        add_coupon(theatre=theatre, plan=plan, user=None)
    for batch in house.vouchers:
        issue_vouchers(theatre=theatre, plan=batch, user=None)
    categories = {
        letter: SeatCategory.objects.create(
            theatre=theatre, name=name, name_translations=translations_of(name), rank=rank
        )
        for rank, (letter, name) in enumerate(zip("cpr", house.categories, strict=True), start=1)
    }
    for hall in house.halls:
        build_screen(theatre=theatre, name=hall.name, plan=hall.plan, categories=categories, shape=hall.shape)


def _films_with_movies() -> list[DemoFilm]:
    movies = {movie.slug: movie for movie in Movie.objects.all()}
    return [
        DemoFilm(
            movies[slug_of(film)], frozenset(film.get("formats", [])), film["languages"][:1] + film.get("dubs", [])
        )
        for film in FILMS
        if slug_of(film) in movies
    ]


def _days_to_fill() -> list[tuple[House, Theatre, date]]:
    theatres = {theatre.slug: theatre for theatre in Theatre.objects.all()}
    return [
        (house, theatres[house.slug], timezone.localdate(timezone=theatres[house.slug].tz) + timedelta(days=n))
        for house in HOUSES
        if house.slug in theatres
        for n in range(DAYS)
    ]


def _fill(house: House, theatre: Theatre, day: date, films: Sequence[DemoFilm], languages: dict[str, Language]) -> int:
    """Schedule the day on the theatre's screens without shows on it; return the number of new shows."""
    card = card_for(house, theatre)

    def plan(slot: DemoSlot, screen: Screen) -> ShowPlan:
        return ShowPlan(
            movie=slot.film.movie,
            further=(FurtherFilm(slot.second.movie, 15, Decimal(40)),) if slot.second else (),
            screen=screen,
            starts_at=local_moment(slot.local.date(), slot.local.time(), theatre),
            price_card=card,
            language=languages[slot.language],
            format=slot.format,
            labels=stored_labels(slot.labels),
            label_note=slot.label_note,
            label_note_translations=translations_of(slot.label_note),
            subtitles=None if slot.language in house.speaks else languages["en"],
        )

    shows = 0
    slots = list(day_at(house, day, films))
    for screen in theatre.screens.exclude(shows__trading_day=day):
        screen.theatre = theatre
        try:
            shows += len(schedule_shows(plans=[plan(slot, screen) for slot in slots if slot.hall.name == screen.name]))
        except BusinessRuleViolation:  # conflicts with a show added by staff
            continue
    return shows
