"""Waiting lists of sold-out shows: joining and leaving one, and taking its offers."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language

from cinema.domain.seating.blocks import best_block
from cinema.exceptions import NoSeats, OfferExpired, SeatsStillAvailable, ShowNotOnSale, TooManySeats, UnknownShow
from cinema.models import Hold, MailRequest, Show, WaitingEntry
from cinema.models.annotated import WaitingEntryNow
from cinema.selectors.booking.places import NOBODY, places
from cinema.services.booking.expiry import expire_due_holds, release_expired
from cinema.services.booking.hold_limits import check_may_wait
from cinema.services.booking.holds import release_seats
from cinema.services.booking.offers import offer_freed_seats, offered_to
from cinema.services.booking.seat_requests import Source
from cinema.services.core.locking import lock_show, read_clock
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically, try_each
from cinema.services.people.mail_requests import note_mail_request

Status = WaitingEntry.Status


def join_waiting_list(*, show_id: int, email: str, party: int, client_ip: str = "") -> tuple[WaitingEntry, bool]:
    """Add a party to the show's waiting list and confirm it by mail; return its entry, and whether it is new.

    ``client_ip`` as in hold_seats(). An email address that is waiting already, or has an offer, keeps it and is not
    mailed again. Raises NoSeats, TooManySeats, UnknownShow, ShowNotOnSale, SeatsStillAvailable,
    WaitingListLimitReached, TooManyMails.
    """
    if party < 1:
        raise NoSeats
    if party > settings.MAX_SEATS:
        raise TooManySeats(party, settings.MAX_SEATS)
    try:
        release_expired(show_id=show_id)  # offers the seats to the entries before this one
        return _join(show_id=show_id, email=email, party=party, client_ip=client_ip)
    except Show.DoesNotExist:
        raise UnknownShow from None


@atomically
def _join(*, show_id: int, email: str, party: int, client_ip: str) -> tuple[WaitingEntry, bool]:
    show = lock_show(pk=show_id)
    now = read_clock(show)
    if show.status == Show.Status.DRAFT:
        raise UnknownShow
    if not show.on_sale_at(now):
        raise ShowNotOnSale(show)
    if show.seats_free >= party and best_block(places(show, NOBODY), party, avoid_singles=False):
        raise SeatsStillAvailable(show.seats_free)
    if entry := _present_entry(show, email):
        return entry, False
    source = Source.of(client_ip=client_ip)
    check_may_wait(show=show, source=source, now=now)
    note_mail_request(kind=MailRequest.Kind.WAITING, email=email, client_ip=client_ip)
    entry = WaitingEntry.objects.create(
        show=show,
        email=email,
        language=get_language() or settings.LANGUAGE_CODE,
        party=party,
        origin=source.client.present,
        created_at=now,
    )
    Show.objects.filter(pk=show.pk, waited_for=False).update(waited_for=True)
    post(kind=Kind.WAITING_JOINED, about=entry)
    return entry, True


@atomically
def leave_waiting_list(*, code: str) -> WaitingEntry:
    """Leave the waiting list, releasing the offered seats if there are any. Safe to repeat.

    Raises Show.DoesNotExist for an unknown code.
    """
    show, entry = _lock_entry(code)
    if entry.status == Status.OFFERED and entry.hold:
        release_seats(show=show, hold=entry.hold, at=entry.now)
    if entry.status in (Status.WAITING, Status.OFFERED):
        entry.status = Status.LEFT
        entry.save(update_fields=["status"])
        offer_freed_seats(show=show)
    return entry


@atomically
def take_offer(*, code: str, buyer: str) -> Hold:
    """Make the offered seats the buyer's hold; another hold of theirs at the show is released.

    The first browser that takes the offer gets HOLD_MINUTES from now; one that takes it over later gets no more time.
    Raises OfferExpired, and Show.DoesNotExist for an unknown code.
    """
    show, entry = _lock_entry(code)
    hold = entry.hold
    if not hold or not entry.offers_at(entry.now) or not show.on_sale_at(entry.now):
        raise OfferExpired
    if hold.buyer != buyer:
        expire_due_holds(show=show)  # maybe the buyer's other hold
        if other := Hold.objects.filter(show=show, buyer=buyer, status=Hold.Status.ACTIVE).first():
            release_seats(show=show, hold=other, at=entry.now)
        if hold.buyer == offered_to(entry=entry):
            hold.expires_at = max(hold.expires_at, entry.now + timedelta(minutes=settings.HOLD_MINUTES))
            hold.latest_at = max(hold.expires_at, hold.latest_at)
        hold.buyer = buyer
        hold.save(update_fields=["buyer", "expires_at", "latest_at"])
        offer_freed_seats(show=show)
    return hold


def offer_everywhere() -> int:
    """Offer available seats to the waiting lists of all shows; return the number of shows with an offer.

    A safety net: seats are normally offered in the transaction that releases them.
    """
    waiting = WaitingEntry.objects.filter(status=Status.WAITING, show__seats_free__gt=0)
    return try_each(lambda pk: _offer_at(show_id=pk), sorted(set(waiting.values_list("show_id", flat=True))))


def close_waiting_lists() -> int:
    """Close the waiting lists of shows that are no longer on sale; return the number of entries closed."""
    on_sale = Show.objects.filter(status=Show.Status.SCHEDULED, sales_end_at__gt=Now())
    return WaitingEntry.objects.filter(status=Status.WAITING).exclude(show__in=on_sale).update(status=Status.OVER)


@atomically
def _offer_at(*, show_id: int) -> int:
    return offer_freed_seats(show=lock_show(pk=show_id))


def _present_entry(show: Show, email: str) -> WaitingEntry | None:
    """The entry of this email address that is waiting or has a valid offer."""
    entries = WaitingEntry.objects.filter(show=show, email__iexact=email)
    return entries.filter(Q(status=Status.WAITING) | Q(status=Status.OFFERED, hold__expires_at__gt=Now())).first()


def _lock_entry(code: str) -> tuple[Show, WaitingEntryNow]:
    """Lock the show of the entry; return both. The entry has ``now``: the database's clock."""
    show = lock_show(pk=WaitingEntry.objects.filter(code=code).values("show")[:1])
    return show, WaitingEntry.objects.select_related("hold").annotate(now=Now()).get(code=code)
