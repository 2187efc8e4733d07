"""Publish drafts: create their seats with prices, in a constant number of statements."""

from collections import Counter
from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from cinema.exceptions import NotPublishable, ShowHasHistory
from cinema.models import Screen, Seat, Show, ShowSeat, Theatre, User
from cinema.selectors.booking.tariffs import prices_now
from cinema.selectors.schedule.publishing import FOR_PUBLISHING, problems_of
from cinema.services.booking.blocks import apply_blocks
from cinema.services.booking.tariffs import Priced, tariffs_for
from cinema.services.core import audit
from cinema.services.core.locking import lock_screens, lock_show, lock_shows
from cinema.services.core.transactions import atomically

# A week has some 84,000 seats: the database copies them from the halls, so no row is sent to Python.
CREATE_SHOW_SEATS = """
    WITH plain (tariff_id, category_id, amount) AS (VALUES {prices})
    INSERT INTO cinema_showseat (show_id, seat_id, status, price, tariff_id)
    SELECT shows.id, seat.id, 'AVAILABLE', plain.amount, plain.tariff_id
    FROM cinema_show shows
    JOIN cinema_seat seat ON seat.screen_id = shows.screen_id AND seat.retired_at IS NULL
    JOIN plain ON plain.tariff_id = shows.tariff_id AND plain.category_id = seat.category_id
    WHERE shows.id IN ({shows})
"""
SEAT_COUNTS = ("seats_total", "seats_free", "seats_dropped")


@atomically
def publish_shows(*, theatre: Theatre, show_ids: Collection[int], user: User | None) -> list[Show]:
    """Put drafts on sale, all or none, and return them. Shows that are no drafts are ignored.

    Raises NotPublishable, with every show that is not ready and the reason.
    """
    wanted = Q(pk__in=show_ids, screen__theatre=theatre, status=Show.Status.DRAFT)
    lock_screens(set(Screen.objects.filter(shows__in=Show.objects.filter(wanted)).values_list("pk", flat=True)))
    shows = lock_shows(wanted, *FOR_PUBLISHING)
    if problems := problems_of(shows):
        raise NotPublishable(sorted(problems, key=lambda problem: problem[0].starts_at))
    if shows:
        now = timezone.now()
        for show in shows:
            show.status, show.published_at = Show.Status.SCHEDULED, now
            show.version += 1
        create_show_seats(shows=shows)
        _note(theatre, shows, user)
    return shows


def create_show_seats(*, shows: Sequence[Show]) -> None:
    """Create all seats of locked shows that have none, with prices from their price cards.

    The shows must be loaded with FOR_PUBLISHING. Saves status, publication and version, too, and applies active blocks.
    Raises PriceMissing for a show without a card.
    """
    priced = tariffs_for(shows=shows)
    seats = _seats_in({show.screen_id for show in shows})
    for show, (tariff, _prices) in zip(shows, priced, strict=True):
        show.tariff, show.seats_total, show.seats_free = tariff, seats[show.screen_id], seats[show.screen_id]
    fields = ["status", "published_at", "version", "tariff", "seats_total", "seats_free"]
    Show.objects.bulk_update(shows, fields, batch_size=500)
    _insert_seats(shows, priced)
    apply_blocks(shows=shows)


def _insert_seats(shows: Sequence[Show], priced: Sequence[Priced]) -> None:
    prices = {(tariff.pk, category_id): amount for tariff, amounts in priced for category_id, amount in amounts.items()}
    sql = CREATE_SHOW_SEATS.format(
        prices=", ".join(["(%s, %s, %s)"] * len(prices)), shows=", ".join(["%s"] * len(shows))
    )
    values = [value for key, amount in prices.items() for value in (*key, amount)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *(show.pk for show in shows)])


def _seats_in(screen_ids: Collection[int]) -> Counter[int]:
    rows = Seat.objects.filter(screen__in=screen_ids, retired_at=None).order_by()
    return Counter(dict(rows.values_list("screen").annotate(Count("pk"))))


def only_blocked(*, show: Show) -> bool:
    """Whether no seat of the show was ever held or waited for; seats may have been blocked."""
    return not (show.holds.exists() or show.waiting.exists())


def delete_show_seats(*, show: Show) -> None:
    """Delete the seats of a locked show. Raises ShowHasHistory if the status of one of them has ever changed."""
    if show.revision or not only_blocked(show=show):
        raise ShowHasHistory(only_blocked=only_blocked(show=show))
    ShowSeat.objects.filter(show=show).delete()
    show.seats_total = show.seats_free = 0
    show.seats_dropped = show.tariff = None


def price_again(*, show: Show) -> None:
    """Reprice a locked, published show after it was rescheduled. A show without a card keeps its prices.

    The caller has checked that no seat is held or sold.
    """
    if show.price_card is None:
        return
    tariff = tariffs_for(shows=[show])[0].tariff
    if tariff.pk == show.tariff_id:
        return
    show.tariff = tariff
    show.save(update_fields=["tariff"])
    ShowSeat.objects.filter(show=show).update(**prices_now(show))


@atomically
def unpublish_show(*, theatre: Theatre, show_id: int, user: User | None) -> Show:
    """Make a published show a draft again. Safe to repeat.

    Raises Show.DoesNotExist, and ShowHasHistory if a seat was ever held.
    """
    lock_screens(set(Show.objects.filter(pk=show_id).values_list("screen", flat=True)))
    show = lock_show(*FOR_PUBLISHING, pk=show_id, screen__theatre=theatre)
    if show.status == Show.Status.DRAFT:
        return show
    if show.status == Show.Status.CANCELLED:
        raise ShowHasHistory
    delete_show_seats(show=show)
    show.status, show.version = Show.Status.DRAFT, show.version + 1
    show.published_at = show.moved_from = None
    show.save(update_fields=["status", "published_at", "moved_from", "version", "tariff", *SEAT_COUNTS])
    audit.note(action=audit.Action.PUBLISH, user=user, theatre=theatre, show=show, subject=show, back_to_draft=True)
    return show


def _note(theatre: Theatre, shows: Sequence[Show], user: User | None) -> None:
    days = {show.trading_day for show in shows}
    audit.note(
        action=audit.Action.PUBLISH,
        user=user,
        theatre=theatre,
        subject=f"{len(shows)} × {min(days)} – {max(days)}",
        show=shows[0] if len(shows) == 1 else None,
        shows=[show.pk for show in shows],
    )
