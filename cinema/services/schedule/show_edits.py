"""Change or delete a show: freely while it is a draft, and never what its buyers have chosen."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from cinema.exceptions import (
    FilmRetired,
    NeverOnSale,
    PriceMissing,
    ScreenClosed,
    ShowHasHistory,
    ShowNotEditable,
    ShowSold,
    TimeInThePast,
)
from cinema.models import Hold, PriceCard, Screen, Show, Theatre, User
from cinema.models.labels import breaks_promise, read_labels, stored_labels
from cinema.models.translations import Translations
from cinema.selectors.core.features import with_features
from cinema.selectors.schedule.publishing import problems_of
from cinema.services.booking.blocks import apply_blocks
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.core import audit
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_movies, lock_screens, lock_show, lock_shows
from cinema.services.core.transactions import atomically
from cinema.services.schedule.features import film_problem, replace_features, with_movies
from cinema.services.schedule.overlaps import check_overlaps, overlaps_raised
from cinema.services.schedule.publishing import create_show_seats, delete_show_seats, only_blocked, price_again

RELATED = ("movie", "screen__theatre", "language", "subtitles", "price_card")
OFFER = ("screen", "starts_at", "film_ids", "format", "language", "subtitles")  # what buyers choose a show by
CHOSEN = (*OFFER, "price_card")
EDITABLE = (
    *("screen", "starts_at", "movie", "further", "format", "language", "subtitles", "price_card"),
    *("trailers", "turnaround", "sales_start_at", "no_coupons", "labels", "label_note"),
    "label_note_translations",
)
COMPUTED = ("film_ids", "ends_at", "trading_day", "sales_end_at")  # from these, when they are applied
Action = audit.Action


@atomically
def edit_show(*, theatre: Theatre, show_id: int, seen: int, user: User | None, changes: Mapping[str, Any]) -> Show:
    """Change fields of a show: any of EDITABLE, and ``sales_cutoff`` in minutes before its start.

    ``seen`` is the version that was opened. Its end, trading day and end of sales are recomputed. A published show is
    repriced, and gets new seats on another screen or day.
    ``further`` are its films after the first, in order; their breaks and shares may change even after seats are sold.
    Raises EditConflict, ShowNotEditable, ShowSold, ShowHasHistory, Overlap, TimeInThePast, FilmRetired, FilmTwice,
    SharesTooLarge, ScreenClosed, NeverOnSale, PriceMissing, Show.DoesNotExist.
    """
    show, changes = _lock_for_edit(theatre, show_id, changes)
    check_version(thing=show, seen=seen)
    before, was = _plain(show, theatre), {name: getattr(show, name) for name in (*EDITABLE, *COMPUTED)}
    _apply(show, theatre, changes)
    changed = {name for name, value in was.items() if getattr(show, name) != value}
    if not changed:
        return show
    _check(show, changed, was)
    _note_move(show, changed, was)
    _save(show, changed, was)
    _follow(show, changed)
    _note(show, theatre, before, user)
    return show


class LabelChange(NamedTuple):
    """Labels to add to shows, or to take away, and a new note with its translations; without one, each keeps its own,
    with these translations in place of others in the same languages."""

    labels: str
    adds: bool = True
    note: str = ""
    note_translations: Translations = {}

    def apply(self, show: Show) -> None:
        """Change the unsaved show."""
        now, chosen = set(show.shown_labels), set(read_labels(self.labels))
        show.labels = stored_labels(now | chosen if self.adds else now - chosen)
        show.label_note_translations = ({} if self.note else show.label_note_translations) | {**self.note_translations}
        show.label_note = self.note or show.label_note


@atomically
def label_shows(
    *, theatre: Theatre, show_ids: Collection[int], change: LabelChange, user: User | None
) -> tuple[list[Show], list[Show]]:
    """Change the labels of shows; return those that were changed, and those that must stay as they are.

    These have begun or were cancelled, or buyers rely on their labels: see edit_show().
    """
    changed, left = [], []
    for show in with_features(lock_shows(Q(pk__in=show_ids, screen__theatre=theatre), *RELATED)):
        was = {name: getattr(show, name) for name in ("labels", "label_note", "label_note_translations", "starts_at")}
        before = _plain(show, theatre)
        change.apply(show)
        if names := {name for name, value in was.items() if getattr(show, name) != value}:
            try:
                _check(show, names, was)
            except (NeverOnSale, ShowNotEditable, ShowSold):
                left.append(show)
                continue
            _save(show, names, was)
            _note(show, theatre, before, user)
            changed.append(show)
    return changed, left


class Slot(NamedTuple):
    """Where and when a show takes place."""

    screen: Screen
    starts_at: datetime


def reschedule_show(*, theatre: Theatre, show_id: int, slot: Slot, seen: int, user: User | None) -> Show:
    """Move a show to another time or screen: see edit_show()."""
    return edit_show(theatre=theatre, show_id=show_id, seen=seen, user=user, changes=slot._asdict())


@atomically
def delete_show(*, theatre: Theatre, show_id: int, user: User | None) -> Show:
    """Delete a draft, or a published show of which no seat was ever held. Raises ShowHasHistory, Show.DoesNotExist."""
    show = _lock(theatre, show_id)
    subject, was = f"{show}", _plain(show, theatre)
    if show.status == Show.Status.CANCELLED:
        raise ShowHasHistory
    delete_show_seats(show=show)
    show.delete()
    audit.note(action=Action.SCHEDULE, user=user, theatre=theatre, subject=subject, deleted=was)
    return show


@atomically
def delete_drafts(*, theatre: Theatre, show_ids: Collection[int], user: User | None) -> int:
    """Delete the drafts among these shows; return how many."""
    wanted = Q(pk__in=show_ids, screen__theatre=theatre, status=Show.Status.DRAFT)
    lock_screens(set(Show.objects.filter(wanted).values_list("screen", flat=True)))
    shows = with_features(lock_shows(wanted, *RELATED))
    if shows:
        Show.objects.filter(pk__in=[show.pk for show in shows]).delete()
        days = {show.trading_day for show in shows}
        subject = f"{len(shows)} × {min(days)} – {max(days)}"
        deleted = [_plain(show, theatre) for show in shows]
        audit.note(action=Action.SCHEDULE, user=user, theatre=theatre, subject=subject, deleted=deleted)
    return len(shows)


@atomically
def give_card(*, theatre: Theatre, show_ids: Collection[int], card: PriceCard, user: User | None) -> int:
    """Give a price card to the drafts without one among these shows; return how many."""
    wanted = Q(pk__in=show_ids, screen__theatre=theatre, status=Show.Status.DRAFT, price_card=None)
    shows = lock_shows(wanted)
    Show.objects.filter(pk__in=[show.pk for show in shows]).update(price_card=card, version=F("version") + 1)
    if shows:
        ids = [show.pk for show in shows]
        subject = f"{len(shows)} × {card}"
        audit.note(action=Action.SCHEDULE, user=user, theatre=theatre, subject=subject, card=str(card), shows=ids)
    return len(shows)


def _lock_for_edit(theatre: Theatre, show_id: int, changes: Mapping[str, Any]) -> tuple[Show, dict[str, Any]]:
    """Lock the show and its new films and screen; return the show, and ``changes`` with the locked rows."""
    fresh = dict(changes)
    further, first = changes.get("further", ()), changes.get("movie")
    movies = lock_movies({movie.pk for movie in (first, *(each.movie for each in further)) if movie})
    if first:
        fresh["movie"] = movies[first.pk]
    if "further" in changes:
        fresh["further"] = with_movies(further=further, movies=movies)
    show = _lock(theatre, show_id, changes.get("screen"))
    if screen := changes.get("screen"):
        fresh["screen"] = Screen.objects.select_related("theatre").get(pk=screen.pk)
    return show, fresh


def _lock(theatre: Theatre, show_id: int, to: Screen | None = None) -> Show:
    """Lock the show, its screen and its new screen. If it was moved meanwhile, its version shows it."""
    screens = set(Show.objects.filter(pk=show_id).values_list("screen", flat=True)) | ({to.pk} if to else set())
    lock_screens(screens)
    return lock_show(*RELATED, pk=show_id, screen__theatre=theatre)


def _apply(show: Show, theatre: Theatre, changes: Mapping[str, Any]) -> None:
    cutoff, start = show.starts_at - show.sales_end_at, show.starts_at
    for name in EDITABLE:
        if name in changes:
            setattr(show, name, changes[name])
    show.set_further(show.further)
    if changes.get("sales_cutoff") is not None:
        cutoff = timedelta(minutes=changes["sales_cutoff"])
    show.screen.theatre = theatre
    show.trading_day = theatre.trading_day(show.starts_at)
    show.ends_at = show.film_ends_at + timedelta(minutes=show.turnaround)
    show.sales_end_at = show.starts_at - cutoff
    if show.house_release_at:
        show.house_release_at += show.starts_at - start


def _check(show: Show, changed: set[str], was: Mapping[str, Any]) -> None:
    """Check that the show may be changed: it is not over, nobody relies on what changes, the new values are valid."""
    now, published = timezone.now(), show.status != Show.Status.DRAFT
    if show.status == Show.Status.CANCELLED or (published and was["starts_at"] <= now):
        raise ShowNotEditable(show)
    if "starts_at" in changed and show.starts_at <= now:
        raise TimeInThePast
    if changed.intersection({"film_ids", "further"}):
        _check_films(show, was["film_ids"])
    if "screen" in changed and show.screen.retired_at:
        raise ScreenClosed(show.screen)
    if show.sales_start_at and show.sales_start_at >= show.sales_end_at:
        raise NeverOnSale
    if published and (changed.intersection(CHOSEN) or breaks_promise(was["labels"], show.labels)):
        _check_unsold(show)
    if published and "price_card" in changed and show.price_card is None:
        raise PriceMissing([])
    if changed.intersection({"screen", "starts_at", "ends_at"}):
        check_overlaps([show])


def _check_films(show: Show, known: Collection[int]) -> None:
    """Raise FilmRetired for a retired film whose key is not ``known``, FilmTwice, or SharesTooLarge."""
    if retired := next((film for film in show.films if film.retired_at and film.pk not in known), None):
        raise FilmRetired(retired)
    if problem := film_problem(show=show):
        raise problem


def _note_move(show: Show, changed: set[str], was: Mapping[str, Any]) -> None:
    """Record the announced start of a published show that moves. Clear it if it moves back, or its film changes."""
    if show.status != Show.Status.SCHEDULED or not changed.intersection({"starts_at", "film_ids"}):
        return
    before = show.moved_from or was["starts_at"]
    show.moved_from = None if before == show.starts_at or "film_ids" in changed else before


def _save(show: Show, changed: set[str], was: Mapping[str, Any]) -> None:
    """Save the changed fields under the next version; that of the offer changes if buyers would choose anew."""
    show.version += 1
    show.offer_version += bool(changed.intersection(OFFER)) or breaks_promise(was["labels"], show.labels)
    with overlaps_raised([show]):
        stored = changed - {"further", "film_ids"} | {"further_minutes"}
        show.save(update_fields=[*stored, "version", "offer_version", "house_release_at", "moved_from"])
    if "further" in changed:
        replace_features(show=show)


def _note(show: Show, theatre: Theatre, before: Mapping[str, Any], user: User | None) -> None:
    """Add the change to the history of the show."""
    about: dict[str, Any] = {"thing": show, "action": Action.SHOW, "user": user, "theatre": theatre, "show": show}
    note_edit(**about, before=before, after=_plain(show, theatre))


def _check_unsold(show: Show) -> None:
    """Raise ShowSold if a seat is sold or held."""
    if show.admissions:
        raise ShowSold(show.admissions)
    expire_due_holds(show=show)
    if show.holds.filter(status=Hold.Status.ACTIVE).exists():
        raise ShowSold(0)


def _follow(show: Show, changed: set[str]) -> None:
    """Update the seats and prices of a published show after a change."""
    if show.status == Show.Status.DRAFT or not changed.intersection(CHOSEN):
        return
    elsewhere = changed.intersection({"screen", "trading_day"})
    if (show.price_card or elsewhere) and (problems := problems_of([show])):
        raise problems[0][1]
    if "screen" in changed or ("trading_day" in changed and not show.revision):
        delete_show_seats(show=show)
        create_show_seats(shows=[show])
        return
    if elsewhere and not only_blocked(show=show):
        raise ShowHasHistory
    price_again(show=show)
    if "starts_at" in changed:
        apply_blocks(shows=[show])


def _plain(show: Show, theatre: Theatre) -> dict[str, Any]:
    """The show's fields as texts for people."""

    def clock(moment: datetime | None) -> str:
        return f"{moment.astimezone(theatre.tz):%Y-%m-%d %H:%M}" if moment else ""

    named = ("movie", "screen", "language", "subtitles", "price_card")
    return {name: str(getattr(show, name) or "") for name in named} | {
        "further_films": [f"{film} ({minutes} min, {share:f} %)" for film, minutes, share in show.further],
        "starts_at": clock(show.starts_at),
        "sales_start_at": clock(show.sales_start_at),
        "sales_end_at": clock(show.sales_end_at),
        "format": show.format,
        "labels": ", ".join(show.labels.split()),
        "label_note": show.label_note,
        "label_note_translations": show.label_note_translations,
        "trailers": show.trailers,
        "turnaround": show.turnaround,
        "no_coupons": show.no_coupons,
    }
