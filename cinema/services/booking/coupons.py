"""Uses of coupons: taken at the checkout, released when the order expires unpaid, taken again by late money.

A use is a DISCOUNT line of an order. ``Coupon.used`` counts them; the row is locked from the first change of that
count to the commit, so limits hold however many buy at once. See services.core.locking for the order of locks.
"""

from collections.abc import Collection, Sequence

from django.db.models import Count, F, Q

from cinema.exceptions import CouponAlreadyUsed, CouponChanged, CouponEnded, CouponUsedUp
from cinema.models import Coupon, FailedTry, Order, OrderLine
from cinema.selectors.booking.coupons import is_known, used_by, uses
from cinema.services.core.locking import lock_coupons
from cinema.services.people.failed_tries import count_try


def check_code(*, typed: str, client_ip: str) -> None:
    """Count an unknown code, so that nobody finds one by trying many; nothing is done if none was typed.

    Raises TooManyWrongCoupons, from then on for every code.
    """
    if typed.strip():
        count_try(kind=FailedTry.Kind.COUPON, client_ip=client_ip, right=is_known(typed))


def take_uses(*, coupons: Sequence[Coupon], email: str, user_id: int | None) -> None:
    """Take a use of each coupon, as it was read for the price, for an order that is about to be written.

    One statement each, and one more if it has a limit per person.
    Raises CouponUsedUp, CouponAlreadyUsed, CouponEnded, CouponChanged.
    """
    for coupon in sorted(coupons, key=lambda one: one.pk):
        left = Q(most_uses=None) | Q(used__lt=F("most_uses"))
        same = Coupon.objects.filter(left, pk=coupon.pk, version=coupon.version)
        if not same.update(used=F("used") + 1):
            raise _why_not(coupon)
        if coupon.most_per_person is not None and _count(coupon, email, user_id) >= coupon.most_per_person:
            raise CouponAlreadyUsed(coupon.code or coupon.localized.name, coupon.most_per_person)


def give_back_uses(*, orders: Collection[Order]) -> None:
    """Release the coupon uses of locked orders, where they have expired; no statement if none may have used one."""
    keys = [order.pk for order in orders if order.may_use_coupons]
    if not keys:
        return
    lines = OrderLine.objects.filter(order__in=keys, order__status=Order.Status.EXPIRED, coupon__isnull=False)
    counts = lines.order_by("coupon").values_list("coupon").annotate(n=Count("order", distinct=True))
    for pk, number in list(counts):
        Coupon.objects.filter(pk=pk).update(used=F("used") - number)


def lock_coupons_of_late(*, order: Order) -> None:
    """Lock the coupons that late money for a locked order may concern, before what prepaid it is locked: its own, and
    those of later checkouts of the same holds, which then expire. No statement unless it has expired and uses either.
    """
    if order.status == Order.Status.EXPIRED and (order.may_use_coupons or order.is_prepaid):
        holds = [ticket.hold_id for ticket in order.ticket_list]
        lock_coupons(pk__in=OrderLine.objects.filter(order__tickets__hold__in=holds).values("coupon"))


def take_uses_again(*, order: Order) -> bool:
    """Take the uses of a locked order that had expired, for money that arrived late; whether all are still to be had.

    Its discounts were promised when it was checked out, so an end of the coupon since then does not matter, but the
    limits hold. No statement if it used none.
    """
    expired = Order.objects.filter(pk=order.pk, status=Order.Status.EXPIRED)
    if not order.may_use_coupons or not expired.exists():
        return True
    lines = order.lines.filter(coupon__isnull=False)
    coupons = lock_coupons(pk__in=lines.values("coupon"))
    for coupon in coupons:
        if coupon.most_uses is not None and coupon.used >= coupon.most_uses:
            return False
        most = coupon.most_per_person
        if most is not None and _count(coupon, order.email, order.user_id) >= most:
            return False
    Coupon.objects.filter(pk__in=[coupon.pk for coupon in coupons]).update(used=F("used") + 1)
    expired.update(status=Order.Status.OPEN)  # until all of its tickets are booked
    return True


def _count(coupon: Coupon, email: str, user_id: int | None) -> int:
    """The uses by a person, read after the row of the coupon was locked."""
    mine = uses([coupon]).filter(used_by(email=email, user_id=user_id))
    return mine.aggregate(n=Count("order", distinct=True))["n"] or 0


def _why_not(coupon: Coupon) -> Exception:
    name, now = coupon.code or coupon.localized.name, Coupon.objects.get(pk=coupon.pk)
    if now.ended_at:
        return CouponEnded(name)
    return CouponUsedUp(name) if now.version == coupon.version else CouponChanged(name)
