"""The JSON interface for kiosks and partners.

    GET  /api/movies/               What is on. The filters of the front page: city, theatre (slug), day (2026-11-27),
                                    language (code), genre (slug), format, q. Default day: the next one with shows.
                                    Paged by page and page_size: count, next, previous, results.
    GET  /api/shows/<id>/           A show with its seats and prices. seat_ids takes the seats' ids.
    POST /api/book/                 {"show_id": 7, "seat_ids": [101, 102], "payment_mode": "UPI"}, and if the customer
                                    is not the owner of the token "name", "email", "phone". 201 with the ticket, to be
                                    paid at its payment_url until hold_expires_at.
    GET  /api/tickets/<reference>/  The present state of the ticket, for the user who booked it.

The last two need the header `Authorization: Bearer TOKEN`. With an `Idempotency-Key` chosen by the caller a booking can
be repeated safely: the same request gets 201 and the same ticket, in its present state.

Amounts are strings such as "250.00"; moments are ISO 8601 in the theatre's time zone, with its offset. Any status but
200 and 201 comes with {"error": sentence, …}: 400 with "errors", sentences by field; 401; 404; 405; 409 with "code" and
"seats", the unavailable ones; 429 after too many unpaid bookings, and 503, both with Retry-After.
"""
