"""The JSON interface for kiosks and partners.

    GET  /api/movies/               What is on. The filters of the front page: city, theatre (slug), day (2026-11-27),
                                    language (code), genre (slug), format, q; without a day it is the next with shows.
                                    Paged by page and page_size: count, next, previous, results.
    GET  /api/shows/<id>/           A show with its seats and prices. A seat's id is what seat_ids takes.
    POST /api/book/                 {"show_id": 7, "seat_ids": [101, 102], "payment_mode": "UPI"}, and if the customer
                                    is not the owner of the token "name", "email", "phone". 201 with the ticket, to be
                                    paid at its payment_url until hold_expires_at.
    GET  /api/tickets/<reference>/  The ticket as it stands now, for whoever booked it.

The last two want the header `Authorization: Bearer TOKEN`. With an `Idempotency-Key` of the caller's own choice a
booking can be repeated safely: the same request gets the same answer, 201 and the same ticket as it stands by then.

Money is a string such as "250.00"; moments are ISO 8601 on the theatre's clock with its offset. Every other answer
than 200 and 201 is {"error": sentence, …}: 400 with "errors", sentences by field; 401; 404; 405; 409 with "code" and
"seats", those that are gone; 429 when too many bookings wait for their payment or came to nothing, and 503, both with
Retry-After: trying again helps then.
"""
