"""Which coupons an order may use, and why a typed code is refused."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cinema.domain.discounts import Discount, DiscountItem, Kind, fits, fold_code
from cinema.domain.texts import mailbox
from cinema.exceptions import (
    CouponAlreadyUsed,
    CouponConditionUnmet,
    CouponEnded,
    CouponNotForShow,
    CouponNotYetValid,
    CouponRefused,
    CouponUsedUp,
    UnknownCoupon,
)
from cinema.models import Coupon, Hold, Order, OrderLine, Show, Ticket, TicketType


class CouponRequest(NamedTuple):
    """A request for a discount: the ``code`` as typed, and the buyer's email address and account (key), if known.

    ``holds`` are checked out: what an earlier checkout of one of them uses is free for the next.
    """

    code: str = ""
    email: str = ""
    user_id: int | None = None
    holds: Sequence[Hold] = ()


class CouponCandidate(NamedTuple):
    """A coupon with the keys of its ``ticket_types``. ``mine`` are its uses by the buyer, ``own`` is the use by an
    earlier checkout of the same hold, which is not among them."""

    coupon: Coupon
    ticket_types: frozenset[int]
    mine: int
    own: bool

    def discount(self, shows: Iterable[Show]) -> Discount:
        """What it takes off at these shows, which it is for."""
        coupon = self.coupon
        return Discount(
            key=coupon.pk,
            kind=Kind(coupon.kind),
            value=coupon.value,
            buy=coupon.buy,
            pay=coupon.pay,
            ticket_types=self.ticket_types,
            shows=frozenset(show.pk for show in shows),
            party=coupon.party,
            minimum=coupon.minimum,
            maximum=coupon.maximum,
            combinable=coupon.combinable,
        )


def candidates(shows: Sequence[Show], request: CouponRequest) -> list[CouponCandidate]:
    """The coupon with the typed code, and those without a code of the shows' theatre, by key, in one statement.

    Without a code, no statement is run at a theatre that never had automatic coupons.
    """
    theatre, code = shows[0].screen.theatre, fold_code(request.code)
    automatic = theatre.has_automatic_coupons and not all(show.no_coupons for show in shows)
    if not code and not automatic:
        return []
    here = Q(code=None, ended_at=None) & (Q(theatre=None) | Q(theatre=theatre))
    which = (Q(code=code) if code else Q()) | here if automatic else Q(code=code)
    coupons = Coupon.objects.filter(which).annotate(
        mine=_uses_by(request),
        own=Exists(_unpaid(request).filter(coupon=OuterRef("pk"))),
        ticket_type=F("ticket_types"),  # a row for each
    )
    found: dict[int, CouponCandidate] = {}
    for coupon in coupons.order_by("pk"):
        types = found[coupon.pk].ticket_types if coupon.pk in found else frozenset()
        types |= {coupon.ticket_type} - {None}
        found[coupon.pk] = CouponCandidate(coupon, types, coupon.mine, coupon.own)
    return list(found.values())


def is_known(typed: str) -> bool:
    """Whether there is a coupon with the typed code, valid or not."""
    return Coupon.objects.filter(code=fold_code(typed)).exists()


def code_used(order: Order) -> str:
    """The code of the coupon that the order uses, if any."""
    codes = order.lines.filter(coupon__code__isnull=False).values_list("coupon__code", flat=True)
    return codes.first() or ""


def uses(coupons: QuerySet[Coupon] | Sequence[Coupon]) -> QuerySet[OrderLine]:
    """The order lines that are uses of these coupons; those of orders that expired unpaid do not count."""
    return OrderLine.objects.filter(coupon__in=coupons).exclude(order__status=Order.Status.EXPIRED)


def used_by(*, email: str, user_id: int | None) -> Q:
    """Condition for the order lines of a person: of their account, or of their mailbox."""
    own = Q(order__coupon_email=mailbox(email)) if email else Q()
    account = Q(order__user=user_id) if user_id else Q()
    return (own | account) or Q(pk=None)


def refusal_of(
    candidates: Iterable[CouponCandidate],
    shows: Sequence[Show],
    now: datetime,
    typed: str,
    items: Sequence[DiscountItem],
) -> CouponRefused | None:
    """Why the typed code gives no discount at the shows for these seats; None if it does, or if none was typed."""
    code = fold_code(typed)
    if not typed.strip():
        return None
    found = next((candidate for candidate in candidates if code and candidate.coupon.code == code), None)
    if found is None:
        return UnknownCoupon(typed.strip()[:40])
    problems = [problem(found, show, now) for show in shows]
    if all(problems):
        return problems[0]
    return _unmet(found, [show for show, wrong in zip(shows, problems, strict=True) if not wrong], items)


def problem(candidate: CouponCandidate, show: Show, now: datetime) -> CouponRefused | None:
    """Why a coupon cannot be used at the show at that moment, whatever the seats; None if it can."""
    coupon, name = candidate.coupon, candidate.coupon.code or candidate.coupon.localized.name
    today = now.astimezone(show.screen.theatre.tz).date()
    if coupon.ended_at or (coupon.valid_until or date.max) < today:
        return CouponEnded(name)
    if coupon.valid_from and coupon.valid_from > today:
        return CouponNotYetValid(name, coupon.valid_from)
    if show.no_coupons or not is_for(coupon, show):
        return CouponNotForShow(name, takes_none=show.no_coupons)
    if coupon.most_uses is not None and coupon.used - candidate.own >= coupon.most_uses:
        return CouponUsedUp(name)
    if coupon.most_per_person is not None and candidate.mine >= coupon.most_per_person:
        return CouponAlreadyUsed(name, coupon.most_per_person)
    return None


def is_for(coupon: Coupon, show: Show) -> bool:
    """Whether a coupon's conditions about theatre, film and weekday fit a show."""
    return (
        coupon.theatre_id in (None, show.screen.theatre_id)
        and coupon.movie_id in (None, *show.film_ids)
        and (not coupon.weekdays or show.trading_day.weekday() in coupon.weekdays)
    )


def _unmet(candidate: CouponCandidate, shows: Sequence[Show], items: Sequence[DiscountItem]) -> CouponRefused | None:
    coupon = candidate.coupon
    if fits(items, candidate.discount(shows)):
        return None
    names = TicketType.objects.filter(pk__in=candidate.ticket_types).order_by("rank") if candidate.ticket_types else []
    types = ", ".join(kind.localized.name for kind in names)
    name = coupon.code or coupon.localized.name
    return CouponConditionUnmet(name, party=coupon.party, minimum=coupon.minimum, types=types)


def _uses_by(request: CouponRequest) -> Coalesce:
    mine = used_by(email=request.email, user_id=request.user_id)
    lines = uses(Coupon.objects.all()).filter(mine, coupon=OuterRef("pk"))
    if request.holds:
        lines = lines.exclude(order__in=_unpaid(request).values("order"))
    counts = lines.order_by().values("coupon").annotate(n=Count("order", distinct=True)).values("n")
    return Coalesce(Subquery(counts), 0)


def _unpaid(request: CouponRequest) -> QuerySet[OrderLine]:
    """The lines of an earlier, unpaid checkout of one of the holds."""
    if not request.holds:
        return OrderLine.objects.none()
    pending = Ticket.objects.filter(hold__in=request.holds, status=Ticket.Status.PENDING)
    return OrderLine.objects.filter(order__in=pending.values("order"))
