"""The counter: choose seats, take money, print tickets, with the keys of a till or by touch."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reswap

from cinema.domain import qr
from cinema.domain.money import format_money
from cinema.exceptions import BusinessRuleViolation, PaymentsUnavailable, SalePartPaid, UnknownTicketType
from cinema.forms.orders.counter import PayOutForm, SeatsForm, TenderForm
from cinema.models import Payment, PaymentMode, Theatre, TillSession
from cinema.models.annotated import ShowNow
from cinema.models.codes import new_code
from cinema.selectors.booking.gift_cards import folded
from cinema.selectors.booking.seat_map import SeatRow, show_for_sale
from cinema.selectors.booking.shared_maps import buyers_map
from cinema.selectors.booking.vouchers import folded as folded_vouchers
from cinema.selectors.booking.vouchers import split_codes
from cinema.selectors.money.tills import selling
from cinema.selectors.orders import counter as selectors
from cinema.selectors.orders.counter import CurrentSale, SaleInput
from cinema.selectors.orders.parking import parked_sales
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.booking.coupons import check_code
from cinema.services.booking.prepaid import check_prepaid
from cinema.services.money.till_payments import begin_payment
from cinema.services.orders.counter import (
    CounterSale,
    drop_sale,
    hold_for_sale,
    pay_out,
    payment_of,
    take_payment,
    void_sale,
)
from cinema.services.people.pins import prove_pin
from cinema.views.staff.access import at_theatre, till_of
from cinema.web.client_ip import client_ip
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404, typed

WIDE = 36  # seats and aisles in a row
DISPLAY_EVERY = 2  # seconds between looks of the customer display at the sale in hand


class Hand(NamedTuple):
    """What this browser remembers of the sale in hand: for whom its seats are held, and what was chosen."""

    buyer: str
    chosen: SaleInput

    @classmethod
    def of(cls, request: StaffRequest) -> "Hand":
        known = request.session.get("sale") or {}
        return cls(known.get("buyer") or selectors.new_buyer(), SaleInput.of(known))

    def keep(self, request: StaffRequest) -> None:
        """Remember it in the session."""
        request.session["sale"] = {"buyer": self.buyer, **self.chosen.stored}


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def sell(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The sale in hand, and what is on today."""
    if (session := till_of(request, theatre)) is None:
        return render(request, "staff/counter/tills.html", {"theatre": theatre, "sessions": selling(theatre)})
    return page(request, session, done=_done(theatre, typed(request.GET, "done")))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def till(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Choose the till of this browser."""
    request.session["till"] = request.POST.get("till", "")[:40]
    return see_other(reverse("staff-sell", args=[theatre.slug]))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Hold the best seats, or those chosen on the map; with ``map`` go there first."""

    def act(session: TillSession) -> HttpResponse:
        form, hand = SeatsForm(request.POST), Hand.of(request)
        if not form.is_valid():
            return page(request, session, error=first_error(form), seats=form, status=400)
        if "map" in request.POST:
            return _to_map(request, theatre, form)
        if hand.chosen.bought and _sale(theatre, hand)[0] is None:  # its gift cards are sold
            hand = Hand(selectors.new_buyer(), SaleInput())
        wanted = form.wanted._replace(has_gift_cards=bool(hand.chosen.bought))
        types = hold_for_sale(theatre=theatre, buyer=hand.buyer, wanted=wanted, by=request.user)
        hand._replace(chosen=hand.chosen._replace(types={**hand.chosen.types, **types})).keep(request)
        return again(request, theatre, session)

    return at_till(request, theatre, act)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def pay(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Take a payment; with ``update`` only look at the codes of a coupon, vouchers and gift cards."""

    def act(session: TillSession) -> HttpResponse:
        form = TenderForm(request.POST)
        if not form.is_valid():
            return page(request, session, error=first_error(form), tender=form, status=400)
        hand = _with_codes(request, Hand.of(request), form)
        if "update" in request.POST or "without_codes" in request.POST:
            return again(request, theatre, session)
        total, rest = form.cleaned_data["total"], form.cleaned_data["rest"]
        sale = CounterSale(session, hand.buyer, hand.chosen, total, form.contact, seen_rest=rest)
        payment = take_payment(sale=sale, tender=form.tender, by=request.user)
        if payment.is_started_at_till:
            return _begin(request, theatre, session, payment)
        if payment.order.status != payment.order.Status.PAID:
            return again(request, theatre, session)
        end_sale(request, payment)
        return again(request, theatre, session, done=payment)

    return at_till(request, theatre, act)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def outcome(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """What became of a payment, by its key, whose answer was lost: the page as it is now; nothing to swap if the
    payment never arrived."""
    session = till_of(request, theatre)
    payment = payment_of(session=session, key=request.GET.get("key", "")) if session else None
    if session is None or payment is None:
        return reswap(HttpResponse(), "none")
    if payment.order.status != payment.order.Status.PAID:
        return page(request, session)
    end_sale(request, payment)
    return page(request, session, done=payment)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def display(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """What the buyer sees in a second window of this browser: the sale in hand with the halls of its shows, or thanks
    for the last one."""
    with override(settings.LANGUAGE_CODE):  # not in the language of whoever sells
        return _display(request, theatre)


def _display(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    hand = Hand.of(request)
    sale, _error = _sale(theatre, hand)
    shows = filter(None, map(show_for_sale, dict.fromkeys(hold.show_id for hold in sale.holds))) if sale else ()
    maps = [_map_to_show(show, hand.buyer) for show in shows]
    sold = None if sale else selectors.just_sold(theatre, request.session.get("sold", ""))
    context = {"theatre": theatre, "sale": sale, "sold": sold, "poll_seconds": DISPLAY_EVERY}
    return render(request, "staff/counter/display.html", context | {"maps": maps})


def _map_to_show(show: ShowNow, buyer: str) -> tuple[ShowNow, list[SeatRow], bool]:
    """The show, the rows of its hall with the buyer's seats, and whether they are so wide that they must be small."""
    seats = buyers_map(show, buyer)
    places = [seat.x for seat in seats.seats]  # in half seats
    return show, seats.rows, max(places) - min(places) > 2 * WIDE


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def drop(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Release the seats of the sale in hand. One that is paid in part is set aside, to be finished or voided."""
    try:
        drop_sale(buyer=Hand.of(request).buyer, by=request.user)
    except SalePartPaid:
        messages.info(request, _("The sale is set aside. Please finish it or void it below."))
    request.session.pop("sale", None)
    return see_other(reverse("staff-sell", args=[theatre.slug]))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def resume(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """Take up a sale that was paid in part."""
    found = or_404(selectors.interrupted_sale(theatre, reference))
    Hand(*found).keep(request)
    if selectors.sale_in_hand(theatre, *found) is None:
        messages.error(request, _("The seats of this sale are no longer held. Please void it."))
    return see_other(reverse("staff-sell", args=[theatre.slug]))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def void(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """Void a sale that was paid in part, and pay out what was taken."""

    def act(session: TillSession) -> HttpResponse:
        order = or_404(selectors.counter_order(theatre, reference))
        void_sale(theatre=theatre, reference=order.reference, till=session.code, by=request.user)
        request.session.pop("sale", None)
        for one in order.payments.all():
            if one.is_at_till:
                taken = {"amount": format_money(one.amount), "mode": one.get_mode_display()}
                messages.warning(request, _("Please refund %(amount)s: %(mode)s.") % taken)
            elif one.is_started_at_till and one.status not in Payment.UNPAID:
                taken = {"amount": format_money(one.amount), "mode": one.get_mode_display()}
                messages.info(request, _("%(amount)s goes back by itself: %(mode)s.") % taken)
        return see_other(reverse("staff-sell", args=[theatre.slug]))

    return at_till(request, theatre, act)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def payout(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Pay out a refund of what was paid at a till, with the PIN of a supervisor."""
    refund, session = or_404(selectors.refund_to_pay_out(theatre, code)), till_of(request, theatre)
    form, status = PayOutForm(request.POST or None, theatre=theatre), 400 if request.method == "POST" else 200
    if session and form.is_valid():
        supervisor, ip = form.cleaned_data["supervisor"], client_ip(request)
        try:
            prove_pin(theatre=theatre, user=supervisor, pin=form.cleaned_data["pin"], client_ip=ip)
            refund = pay_out(theatre=theatre, code=code, till=session.code, by=request.user, supervisor=supervisor)
            paid = {"amount": format_money(refund.rounded), "mode": refund.way}
            messages.success(request, _("Please refund %(amount)s: %(mode)s.") % paid)
            reference = refund.ticket.reference if refund.ticket else refund.payment.order.reference
            return see_other(reverse("staff-orders-order", args=[theatre.slug, reference]))
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    context = {"theatre": theatre, "refund": refund, "session": session, "form": form}
    return render(request, "staff/counter/payout.html", context, status=status)


def _begin(request: StaffRequest, theatre: Theatre, session: TillSession, payment: Payment) -> HttpResponse:
    """Have a provider ask for a payment: the page waits for it. A provider that is away is no error of this site, which
    a script would not show."""
    try:
        begin_payment(payment=payment)
    except PaymentsUnavailable as error:
        return page(request, session, error=str(error), status=HTTPStatus.CONFLICT)
    return again(request, theatre, session)


def at_till(request: StaffRequest, theatre: Theatre, act: Callable[[TillSession], HttpResponse]) -> HttpResponse:
    """Act in the session of this browser's till, and show why something was refused."""
    if (session := till_of(request, theatre)) is None:
        return see_other(reverse("staff-sell", args=[theatre.slug]))
    try:
        return act(session)
    except BusinessRuleViolation as error:
        return page(request, session, error=str(error), status=status_of(error))


def end_sale(request: StaffRequest, payment: Payment) -> None:
    """Forget the sale in hand, which this payment has finished: the customer display shows it for a while, and its
    tickets print."""
    request.session.pop("sale", None)
    request.session["sold"] = payment.code
    request.session["to_print"] = payment.order.reference


def _with_codes(request: StaffRequest, hand: Hand, form: TenderForm) -> Hand:
    """The sale with the codes that were typed, too. Raises RateLimited while too many unknown ones are typed."""
    typed, ip, known = form.cleaned_data["coupon"], client_ip(request), hand.chosen
    vouchers, cards = split_codes(form.cleaned_data["gift_card"].split(","))
    if "without_codes" in request.POST:
        known = known._replace(coupon="", vouchers=(), gift_cards=())
    elif typed or any(vouchers) or any(cards):
        check_code(typed=typed, client_ip=ip)
        check_prepaid(vouchers=vouchers, gift_cards=cards, client_ip=ip)
        vouchers, cards = folded_vouchers([*known.vouchers, *vouchers]), folded([*known.gift_cards, *cards])
        known = known._replace(coupon=typed or known.coupon, vouchers=vouchers, gift_cards=cards)
    hand = hand._replace(chosen=known)
    hand.keep(request)
    return hand


def again(
    request: StaffRequest, theatre: Theatre, session: TillSession, *, done: Payment | None = None
) -> HttpResponse:
    """The page as it is now: at once for htmx, which saves a request, else by a redirect."""
    if request.htmx:
        return page(request, session, done=done)
    query = f"?done={done.code}" if done else ""
    return see_other(reverse("staff-sell", args=[theatre.slug]) + query)


def _done(theatre: Theatre, code: str) -> Payment | None:
    paid = Payment.objects.filter(code=code[:40], order__theatre=theatre, order__channel="COUNTER") if code else None
    return paid.select_related("order").first() if paid is not None else None


def page(
    request: StaffRequest, session: TillSession, *, error: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The counter at an open till, with the sale in hand; ``more`` are the forms that were refused, or what is done."""
    theatre, hand, now = session.theatre, Hand.of(request), timezone.now()
    sale, sale_error = _sale(theatre, hand)
    is_choosing = sale is None or not (sale.holds or sale.order) or "more" in request.GET or "seats" in more
    tiles = selectors.tiles(theatre, now) if is_choosing else []
    asked = (more.get("seats") and more["seats"].data.get("show")) or request.GET.get("show", "")
    chosen = next((tile for tile in tiles if str(tile.show.pk) == str(asked)), tiles[0] if tiles else None)
    context: dict[str, Any] = {"theatre": theatre, "session": session, "tiles": tiles, "tile": chosen, "sale": sale}
    context |= {"types": selectors.types_of(tiles), "error": error or sale_error, "chosen": hand.chosen}
    context["has_codes_to_pay"] = PaymentMode.QR in settings.COUNTER_GATEWAYS
    context["card_amounts"] = () if sale and sale.order else settings.GIFT_CARD_AMOUNTS
    context |= {"is_choosing": is_choosing, "interrupted": () if sale else selectors.sales_to_finish(theatre)}
    context["parked"] = () if sale else parked_sales(theatre)
    context |= more
    if sale:
        context["tender"] = _tender(sale, more.get("tender"))
    return render(request, "staff/counter/sell.html", context, status=status)


def _sale(theatre: Theatre, hand: Hand) -> tuple[CurrentSale | None, str]:
    try:
        sale = selectors.sale_in_hand(theatre, hand.buyer, hand.chosen)
    except UnknownTicketType as error:
        return selectors.sale_in_hand(theatre, hand.buyer, hand.chosen._replace(types={})), str(error)
    if sale and sale.waiting and sale.waiting.mode == PaymentMode.QR and sale.waiting.pay_url:
        vars(sale.waiting)["code_to_pay"] = qr.text_svg(sale.waiting.pay_url)
    return sale, str(sale.refusal) if sale and sale.refusal else ""


def _tender(sale: CurrentSale, typed: TenderForm | None) -> TenderForm:
    """The form of a payment: as it was typed, but for a new key and the total as it is now."""
    initial = {"key": new_code(), "total": sale.quote.total, "rest": sale.rest}
    if typed is None:
        return TenderForm(initial=initial)
    kept = {name: typed.data.get(name, "") for name in ("amount", "reference", "email")}
    return TenderForm(initial=initial | kept)


def _to_map(request: StaffRequest, theatre: Theatre, form: SeatsForm) -> HttpResponse:
    """To the map; htmx, which would put it into this page, is told to leave the page."""
    query = QueryDict(mutable=True)
    query["show"] = str(form.cleaned_data["show"])
    query.update({f"kind-{kind}": str(number) for kind, number in form.cleaned_data["kinds"].items()})
    url = f"{reverse('staff-sell-map', args=[theatre.slug])}?{query.urlencode()}"
    return HttpResponseClientRedirect(url) if request.htmx else see_other(url)


def first_error(form: Any) -> str:
    """The first error of a form that is not valid."""
    return str(next(iter(errors for errors in form.errors.values()))[0])
