"""Price cards, coupons and vouchers."""

from decimal import Decimal
from typing import Any

from cinema.models import Coupon, Price, PriceCard, Theatre, TicketType, Voucher
from cinema.services.money.vouchers import VoucherPlan, issue_vouchers
from tests.factories.halls import TheatreFactory


def price_card(theatre: Theatre, name: str = "Standard", **amounts: Decimal | int) -> PriceCard:
    """A price card on which the seats of every category of the theatre cost these ``amounts`` by kind of ticket,
    each better category 100 more: price_card(theatre, adult=250, child=150). The first kind is the plain one."""
    card = PriceCard.objects.create(theatre=theatre, name=name)
    categories = list(theatre.seat_categories.all())
    for rank, (kind, amount) in enumerate((amounts or {"adult": 250}).items(), start=1):
        ticket_type, _ = TicketType.objects.get_or_create(theatre=theatre, name=kind.title(), defaults={"rank": rank})
        Price.objects.bulk_create(
            Price(card=card, category=category, ticket_type=ticket_type, amount=amount + 100 * (category.rank - 1))
            for category in categories
        )
    return card


def coupon(theatre: Theatre | None, kind: str = "PERCENT", value: Decimal | int = 10, **fields: Any) -> Coupon:
    """A coupon of the theatre (None: of all), by default of 10 percent: coupon(theatre, code="TEN"). Without a code it
    is automatic."""
    types = fields.pop("ticket_types", ())
    made = Coupon.objects.create(
        theatre=theatre, kind=kind, value=value, name=fields.pop("name", fields.get("code") or "Offer"), **fields
    )
    made.ticket_types.set(types)
    if made.code is None:
        Theatre.objects.update(has_automatic_coupons=True)
    return made


def vouchers(theatre: Theatre | None, number: int = 1, **plan: Any) -> list[Voucher]:
    """A batch of vouchers of the theatre (None: of all); ``plan`` are fields of a VoucherPlan."""
    plan["face_value"] = Decimal(plan.get("face_value", 0))
    wanted = VoucherPlan(**{"name": "Acme", "number": number, "everywhere": theatre is None} | plan)
    batch = issue_vouchers(theatre=theatre or TheatreFactory(), plan=wanted, user=None)
    return list(batch.vouchers.select_related("batch").order_by("pk"))
