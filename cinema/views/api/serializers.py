"""Serializers: models to JSON values. ``link`` turns a path into an absolute URL."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from cinema.domain.fees import BookingFee
from cinema.domain.money import exact, is_payable, quantize
from cinema.models import (
    FilmPart,
    Language,
    Movie,
    Order,
    OrderLine,
    Payment,
    Screen,
    Show,
    TariffPrice,
    Theatre,
    Ticket,
    TicketSeat,
    TicketType,
)
from cinema.selectors.booking.seat_map import SeatPrice, SeatView

Link = Callable[[str], str]
Shape = dict[str, Any]


def money(amount: Decimal) -> str:
    """“250.00”: exact, and never a float."""
    return str(quantize(amount) if is_payable(amount) else exact(amount))


def moment(at: datetime, theatre: Theatre) -> str:
    """“2026-11-27T18:30:00+05:30”, in the theatre's time zone."""
    return at.astimezone(theatre.tz).isoformat()


def theatre_json(theatre: Theatre) -> Shape:
    return {"name": theatre.name, "city": theatre.city, "slug": theatre.slug, "time_zone": theatre.time_zone}


def language_json(language: Language | None) -> Shape | None:
    return {"code": language.code, "name": str(language)} if language else None


def movie_json(movie: Movie, link: Link) -> Shape:
    """A film, loaded with its genres and languages."""
    poster = movie.poster.url if movie.poster else reverse("movie-poster", args=[movie.slug])
    return {
        "id": movie.pk,
        "title": movie.localized.title,
        "slug": movie.slug,
        "year": movie.year,
        "runtime": movie.runtime,
        "certificate": movie.certificate,
        "genres": [{"slug": genre.slug, "name": str(genre)} for genre in movie.genres.all()],
        "languages": [language_json(language) for language in movie.spoken],
        "director": movie.director,
        "content_notes": movie.localized.content_notes,
        "trailer_url": movie.trailer_url or None,
        "rating": None if movie.rating is None else str(movie.rating),
        "poster_url": link(poster),
        "url": link(movie.get_absolute_url()),
    }


def place_and_time(show: Show, link: Link) -> Shape:
    """Time and place of a show, loaded with its screen and theatre."""
    screen: Screen = show.screen
    return {
        "id": show.pk,
        "starts_at": moment(show.starts_at, screen.theatre),
        "theatre": theatre_json(screen.theatre),
        "screen": screen.name,
        "format": show.format,
        "url": link(show.get_absolute_url()),
    }


def film_json(part: FilmPart, theatre: Theatre) -> Shape:
    """A film of a show, with about when it begins and ends."""
    return {
        "id": part.movie.pk,
        "title": part.movie.localized.title,
        "slug": part.movie.slug,
        "starts_at": moment(part.starts_at, theatre),
        "ends_at": moment(part.ends_at, theatre),
    }


def show_json(show: Show, link: Link) -> Shape:
    """A show, loaded with its films, screen, theatre and languages. ``films`` has more than one at a double bill."""
    theatre = show.screen.theatre
    return place_and_time(show, link) | {
        "title": show.localized.title,
        "certificate": show.certificate,
        "films": [film_json(part, theatre) for part in show.parts],
        "doors_at": moment(show.doors_open_at, theatre),
        "film_starts_at": moment(show.film_starts_at, theatre),
        "ends_at": moment(show.film_ends_at, theatre),
        "language": language_json(show.language),
        "subtitles": language_json(show.subtitles),
        "labels": [label.value for label in show.shown_labels],
        "label_note": show.localized.label_note,
        "seats_free": show.seats_free,
        "seats_total": show.seats_total,
    }


def listed_show_json(show: Show, link: Link) -> Shape:
    """The same with the lowest price of a standard ticket, loaded with its ``plain_prices``; null if it is sold out."""
    lowest = show.starting_price(Order.Channel.API)
    return show_json(show, link) | {"price_from": money(lowest.amount) if lowest else None}


def seat_json(seat: SeatView) -> Shape:
    """A seat on the map. ``x`` counts half seat widths from the left, ``y`` rows from the front.

    ``partner`` is the other half of a love seat. A companion seat is free together with one of ``free_with``.
    """
    return {
        "id": seat.id,
        "row": seat.row,
        "number": seat.number,
        "category": seat.category,
        "kind": seat.kind,
        "price": money(seat.price),
        "state": seat.state,
        "x": seat.x,
        "y": seat.y,
        "partner": seat.partner,
        "free_with": list(seat.free_with),
    }


def price_json(price: SeatPrice) -> Shape:
    return {"category": price.category, "lowest": money(price.lowest), "highest": money(price.highest)}


def ticket_type_json(ticket_type: TicketType, prices: Iterable[TariffPrice], fee: BookingFee) -> Shape:
    """A ticket type with its prices of available seats by category, with the fee per ticket. The first of a show is the
    plain one.
    """
    return {
        "id": ticket_type.pk,
        "name": ticket_type.localized.name,
        "note": ticket_type.localized.note,
        "paying_others": ticket_type.paying_others,
        "with_wheelchair": ticket_type.with_wheelchair,
        "most_per_order": ticket_type.most_per_order,
        "shown_at_door": ticket_type.shown_at_door,
        "prices": [
            {
                "category": price.category.localized.name,
                "price": money(fee.added_to(price.amount, waived=ticket_type.fee_waived)),
            }
            for price in prices
        ],
    }


def ticket_json(payment: Payment, ticket: Ticket, link: Link, payment_url: str | None) -> Shape:
    """A ticket with its ``lines`` and its order's payment. ``payment_url`` is None if it cannot be paid."""
    order, show = payment.order, ticket.show
    is_pending = ticket.status == Ticket.Status.PENDING
    return {
        "id": ticket.pk,
        "reference": ticket.reference,
        "movie_name": show.localized.title,
        "show": place_and_time(show, link),
        "seats": [order_line_json(line) for line in ticket.lines],
        "amount": money(ticket.amount),
        "currency": payment.currency,
        "status": ticket.status,
        "payment_status": payment.status,
        "payment_mode": payment.mode or None,
        "payment_url": payment_url,
        "hold_expires_at": moment(ticket.hold.expires_at, show.screen.theatre) if is_pending else None,
        "name": order.name,
        "email": order.email,
        "phone": order.phone,
        "ticket_url": link(ticket.get_absolute_url()),
        "api_url": link(reverse("api-ticket", args=[ticket.reference])),
    }


def order_json(order: Order, theatre: Theatre) -> Shape:
    """A purchase at the theatre, with its ``line_list``."""
    return {
        "reference": order.reference,
        "status": order.status,
        "channel": order.channel,
        "total": money(order.total),
        "currency": order.currency,
        "created_at": moment(order.created_at, theatre),
        "lines": [line_json(line) for line in order.line_list],
    }


def line_json(line: OrderLine) -> Shape:
    """A line of an order. ``seat`` is the id of a seat, ``coupon`` the name of what gave a discount, else None."""
    return {
        "kind": line.kind,
        "seat": line.ticket_seat.show_seat_id if line.ticket_seat else None,
        "coupon": line.coupon.localized.name if line.coupon else None,
        "quantity": line.quantity,
        "unit_price": money(line.unit_price),
        "amount": money(line.amount),
        "tax_percent": str(exact(line.tax_percent)),
        "tax": money(line.tax),
    }


def order_line_json(line: TicketSeat) -> Shape:
    """A seat on a ticket, with the same id as on the map."""
    seat = line.show_seat.seat
    return {
        "id": line.show_seat_id,
        "row": seat.row,
        "number": seat.number,
        "label": seat.label,
        "category": seat.category.localized.name,
        "ticket_type": line.ticket_type.localized.name if line.ticket_type else None,
        "price": money(line.current_price),
    }
