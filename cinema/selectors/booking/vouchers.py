"""Which seats of an order vouchers pay for, and why one cannot be used."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from cinema.domain.vouchers import match_vouchers
from cinema.exceptions import (
    UnknownVoucher,
    VoucherBlocked,
    VoucherExpired,
    VoucherNotForSeats,
    VoucherNotForShow,
    VoucherNotNeeded,
    VoucherNotYetValid,
    VoucherOfOtherTheatre,
    VoucherRefused,
    VoucherUsed,
)
from cinema.models import Hold, Order, Payment, Show, ShowSeat, Theatre, Voucher
from cinema.models.annotated import VoucherNow
from cinema.models.theatres import is_within
from cinema.models.vouchers import voucher_code_in
from cinema.selectors.booking.quotes import Quote, QuotedLine

MOST_CODES = 100  # in one order
CONDITIONS = ("batch__movies", "batch__categories", "batch__ticket_types")
NOTHING = Decimal(0)


class VoucherUse(NamedTuple):
    """A voucher, the seat that it pays for, and the price of that."""

    voucher: Voucher
    seat: ShowSeat
    amount: Decimal


class ChosenVouchers(NamedTuple):
    """What vouchers pay of an order, in the order in which they were typed; why one of them cannot be used, if so."""

    uses: Sequence[VoucherUse] = ()
    refusal: VoucherRefused | None = None

    @property
    def amount(self) -> Decimal:
        return sum((use.amount for use in self.uses), NOTHING)


def folded(typed: Collection[str]) -> list[str]:
    """Codes as typed, each once and as it is stored; what can be no code stays as it is."""
    return list(dict.fromkeys(voucher_code_in(text) or text.strip() for text in typed if text.strip()))[:MOST_CODES]


def split_codes(typed: Iterable[str]) -> tuple[list[str], list[str]]:
    """Codes of vouchers among these, and the others, which may be those of gift cards."""
    codes = list(typed)
    vouchers = [code for code in codes if voucher_code_in(code)]
    return vouchers, [code for code in codes if code not in vouchers]


def why_refused(voucher: Voucher, theatre: Theatre, now: datetime) -> VoucherRefused | None:
    """Why nobody can use a voucher at the theatre now, whatever the seats; None if one can."""
    batch = voucher.batch
    if voucher.blocked_at or batch.blocked_at:
        return VoucherBlocked(str(voucher))
    if voucher.used_at:
        return VoucherUsed(str(voucher), voucher.used_at.astimezone(theatre.tz).date())
    if batch.theatre_id not in (None, theatre.pk):
        return VoucherOfOtherTheatre(str(voucher), str(batch.theatre))
    if batch.valid_from and now.astimezone(theatre.tz).date() < batch.valid_from:
        return VoucherNotYetValid(str(voucher), batch.valid_from)
    if voucher.last_day and voucher.has_expired(now, theatre):
        return VoucherExpired(str(voucher), voucher.last_day)
    return None


def choose(
    codes: Sequence[str], found: Mapping[str, VoucherNow], priced: Quote, shows: Iterable[Show]
) -> ChosenVouchers:
    """The seats that the vouchers with these codes pay for: the dearest that they can, by the prices after discounts.

    ``found`` are the known ones, loaded with their CONDITIONS; ``shows`` of the seats with their theatre.
    """
    by_key = {show.pk: show for show in shows}
    lines = sorted(priced.lines, key=lambda line: (-line.costs, line.seat.pk))
    theatre = next(iter(by_key.values())).screen.theatre
    refusals: dict[str, VoucherRefused] = {}
    fitting: dict[str, list[QuotedLine]] = {}
    for code in codes:
        voucher = found.get(code)
        refusal = why_refused(voucher, theatre, voucher.now) if voucher else UnknownVoucher(code)
        if voucher and not refusal:
            fitting[code], refusal = _fitting(voucher, lines, by_key)
        if refusal:
            refusals[code] = refusal
    seats = {line.seat.pk: line for line in lines}
    matched = match_vouchers(
        list(fitting), list(seats), {code: [one.seat.pk for one in fitting[code]] for code in fitting}
    )
    for code in fitting.keys() - matched.keys() - refusals.keys():
        refusals[code] = VoucherNotNeeded(str(found[code]))
    uses = [VoucherUse(found[code], seats[key].seat, seats[key].costs) for code in codes if (key := matched.get(code))]
    return ChosenVouchers(uses, next((refusals[code] for code in codes if code in refusals), None))


def vouchers_at_checkout(typed: Collection[str], priced: Quote, holds: Sequence[Hold]) -> ChosenVouchers:
    """What vouchers pay of an order of the ``holds``: what an earlier checkout of them has reserved counts as open.

    No statement without vouchers.
    """
    codes = folded(typed)
    if not codes or not priced.total:
        return ChosenVouchers()
    own = Payment.objects.filter(voucher=OuterRef("pk"), status=Payment.Status.PENDING, order__tickets__hold=holds[0])
    rows = Voucher.objects.filter(code__in=codes).annotate(now=Now(), own=Exists(own))
    found = {row.code: row for row in rows.select_related("batch__theatre").prefetch_related(*CONDITIONS)}
    for voucher in found.values():
        voucher.used_at = None if voucher.own else voucher.used_at
    return choose(codes, found, priced, [hold.show for hold in holds])


def vouchers_of(order: Order) -> list[str]:
    """The codes of the vouchers that pay some of an unpaid order; no statement if none does."""
    if not order.uses_vouchers:
        return []
    reserved = order.payments.filter(voucher__isnull=False, status=Payment.Status.PENDING)
    return list(reserved.order_by("pk").values_list("voucher__code", flat=True))


def _fitting(
    voucher: Voucher, lines: Sequence[QuotedLine], shows: Mapping[int, Show]
) -> tuple[list[QuotedLine], VoucherRefused | None]:
    """The seats that a voucher is good for, or why it is for none of them."""
    here = [line for line in lines if line.costs]
    if not here:
        return [], VoucherNotNeeded(str(voucher))
    for show in [shows[line.seat.show_id] for line in here]:
        if refusal := _wrong_show(voucher, show):
            here = [line for line in here if line.seat.show_id != show.pk]
            if not here:
                return [], refusal
    categories, types = ([*rows.all()] for rows in (voucher.batch.categories, voucher.batch.ticket_types))
    for chosen, key in ((categories, _category), (types, _ticket_type)):
        keys = {one.pk for one in chosen}
        here = [line for line in here if not keys or key(line) in keys]
        if not here:
            return [], VoucherNotForSeats(str(voucher), ", ".join(map(str, chosen)))
    return here, None


def _wrong_show(voucher: Voucher, show: Show) -> VoucherNotForShow | None:
    batch, name = voucher.batch, str(voucher)
    if show.no_coupons:
        return VoucherNotForShow(name, VoucherNotForShow.Why.TAKES_NONE)
    movies = list(batch.movies.all())
    if movies and not {movie.pk for movie in movies}.intersection(show.film_ids):
        return VoucherNotForShow(name, VoucherNotForShow.Why.FILM, ", ".join(map(str, movies)))
    starts = show.starts_at.astimezone(show.screen.theatre.tz).time()
    wrong_day = batch.weekdays and show.trading_day.weekday() not in batch.weekdays
    if wrong_day or not is_within(starts, batch.from_time, batch.until_time, with_end=True):
        return VoucherNotForShow(name, VoucherNotForShow.Why.TIME)
    return None


def _category(line: QuotedLine) -> int:
    return line.seat.seat.category_id


def _ticket_type(line: QuotedLine) -> int | None:
    return line.ticket_type.pk if line.ticket_type else None
