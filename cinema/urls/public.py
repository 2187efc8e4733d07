"""URLs of the public pages, grouped by subject, and of what goes with them."""

from django.conf import settings
from django.urls import path

from cinema.models import LegalText
from cinema.trace import is_allowed
from cinema.urls import converters  # noqa: F401, registers the path converters
from cinema.views.public import (
    accounts,
    appearances,
    apple_wallet,
    cards,
    coming,
    discovery,
    embed,
    feeds,
    gift_cards,
    holds,
    kept,
    languages,
    legal,
    movies,
    orders,
    payments,
    personal_data,
    posters,
    printers,
    programme,
    receipts,
    reminders,
    sandbox,
    seasons,
    shows,
    showtimes,
    theatres,
    ticket_exchange,
    ticket_other_show,
    ticket_owner,
    ticket_return,
    ticket_seats,
    tickets,
    waiting,
    wallets,
)

# In each language offered: see cinema/urls/__init__.py.
pages = [
    # Browse
    path("", programme.programme, name="programme"),
    path("card.png", cards.programme_card, name="programme-card"),
    path("movies/<name:slug>/", movies.movie, name="movie"),
    path("movies/<name:slug>/card.png", cards.movie_card, name="movie-card"),
    path("coming-soon/", coming.coming_soon, name="coming-soon"),
    path("coming-soon/card.png", cards.coming_card, name="coming-card"),
    path("movies/<name:slug>/alert/", coming.movie_alert, name="movie-alert"),
    path("film-alerts/<slug:code>/", coming.film_alert, name="film-alert"),
    path("seasons/<name:slug>/", seasons.season, name="season"),
    path("seasons/<name:slug>/card.png", cards.season_card, name="season-card"),
    path("theatres/<slug:slug>/", theatres.theatre, name="theatre"),
    path("theatres/<slug:slug>/card.png", cards.theatre_card, name="theatre-card"),
    # The programme on other websites
    path("embed/programme/", embed.embedded_programme, name="embed"),
    path("embed/programme/<slug:slug>/", embed.embedded_programme, name="embed-theatre"),
    # Shows and their seats
    path("shows/<key:pk>/", shows.show, name="show"),
    path("shows/<key:pk>/seats/", shows.show_seat_map, name="show-seat-map"),
    path("shows/<key:pk>/live/", shows.show_live, name="show-live"),
    path("shows/<key:pk>/hold/", shows.show_hold, name="show-hold"),
    path("shows/<key:pk>/best/", shows.show_best, name="show-best"),
    # The waiting list of a sold-out show
    path("shows/<key:pk>/waiting/", waiting.show_waiting, name="show-waiting"),
    path("shows/<key:pk>/waiting/leave/", waiting.show_waiting_leave, name="show-waiting-leave"),
    path("waiting/<slug:code>/", waiting.waiting, name="waiting"),
    path("waiting/<slug:code>/leave/", waiting.waiting_leave, name="waiting-leave"),
    path("waiting/<slug:code>/take/", waiting.waiting_take, name="waiting-take"),
    # Held seats and their checkout
    path("holds/<slug:code>/", holds.hold, name="hold"),
    path("holds/<slug:code>/plan.svg", holds.hold_plan, name="hold-plan"),
    path("holds/<slug:code>/extension/", holds.hold_extension, name="hold-extension"),
    path("holds/<slug:code>/release/", holds.hold_release, name="hold-release"),
    # Payments
    path("payments/<slug:code>/", payments.payment, name="payment"),
    path("payments/<slug:code>/start/", payments.payment_start, name="payment-start"),
    path("tickets/<slug:code>/payment/", payments.ticket_payment, name="ticket-payment"),
    # Gift cards
    path("gift-cards/", gift_cards.gift_cards, name="gift-cards"),
    path("gift-cards/balance/", gift_cards.gift_card_balance, name="gift-card-balance"),
    path("gift-cards/payments/<slug:code>/again/", gift_cards.gift_card_pay_again, name="gift-card-pay-again"),
    path("gift-cards/<slug:code>/", gift_cards.gift_card, name="gift-card"),
    # Orders and tickets
    path("orders/<slug:code>/", orders.order, name="order"),
    path("tickets/", tickets.find_ticket, name="find-ticket"),
    path("tickets/<slug:code>/", tickets.ticket, name="ticket"),
    path("tickets/<slug:code>/owner/", ticket_owner.ticket_owner, name="ticket-owner"),
    path("tickets/<slug:code>/owner/<str:token>/", ticket_owner.ticket_owner_link, name="ticket-owner-link"),
    path("tickets/<slug:code>/reminders/<str:token>/", reminders.ticket_reminders, name="ticket-reminders"),
    path("tickets/<slug:code>/calendar.ics", tickets.calendar, name="ticket-calendar"),
    path("tickets/<slug:code>/kept/", kept.ticket, name="ticket-kept"),
    path("kept-tickets/", kept.tickets, name="kept-tickets"),
    path("tickets/<slug:code>/ticket.pkpass", wallets.apple_pass, name="ticket-apple-wallet"),
    path("tickets/<slug:code>/google-wallet/", wallets.google_pass, name="ticket-google-wallet"),
    path("tickets/<slug:code>/seats/", ticket_seats.ticket_seats, name="ticket-seats"),
    path("tickets/<slug:code>/cancellation/", tickets.cancellation, name="ticket-cancellation"),
    path("tickets/<slug:code>/cancellation/seats/", ticket_return.ticket_return, name="ticket-return"),
    path("tickets/<slug:code>/other-shows/", ticket_other_show.ticket_other_shows, name="ticket-other-shows"),
    path("tickets/<slug:code>/other-shows/<key:pk>/", ticket_other_show.ticket_other_show, name="ticket-other-show"),
    path("tickets/<slug:code>/exchange/", ticket_exchange.ticket_exchange, name="ticket-exchange"),
    # Receipts and credit notes
    path("tickets/<slug:code>/receipt/", receipts.ticket_receipt, name="ticket-receipt"),
    path("tickets/<slug:code>/receipt/company/", receipts.ticket_company, name="ticket-company"),
    path("orders/<slug:code>/receipt/", receipts.order_receipt, name="order-receipt"),
    path("receipts/<slug:code>/", receipts.receipt, name="receipt"),
    path("receipts/<slug:code>/receipt.pdf", receipts.receipt_pdf, name="receipt-pdf"),
    path("account/tickets/", tickets.my_tickets, name="my-tickets"),
    # Imprint, terms and privacy notice
    *(path(f"{kind}/", legal.legal_text, {"kind": kind}, name=f"legal-{kind}") for kind in LegalText.Kind.values),
    *(
        path(f"theatres/<slug:slug>/{kind}/", legal.legal_text, {"kind": kind}, name=f"theatre-{kind}")
        for kind in LegalText.Kind.values
    ),
    # Home screens
    path("manifest.webmanifest", discovery.manifest, name="manifest"),
    # Calendars and feed readers
    path("movies/<name:slug>/shows.ics", feeds.movie_calendar, name="movie-calendar"),
    path("theatres/<slug:slug>/shows.ics", feeds.theatre_calendar, name="theatre-calendar"),
    path("theatres/<slug:slug>/screens/<key:pk>/shows.ics", feeds.screen_calendar, name="screen-calendar"),
    path("seasons/<name:slug>/shows.ics", feeds.season_calendar, name="season-calendar"),
    path("programme.ics", feeds.programme_calendar, name="programme-calendar"),
    path("new-films.rss", feeds.films_feed, name="new-films"),
    # Accounts
    path("account/", accounts.account, name="account"),
    path("account/tokens/", accounts.token_create, name="token-create"),
    path("account/tokens/<key:pk>/delete/", accounts.token_delete, name="token-delete"),
    path("account/sign-in/", accounts.sign_in, name="sign-in"),
    path("account/sign-up/", accounts.sign_up, name="sign-up"),
    path("account/sign-up/sent/", accounts.sign_up_sent, name="sign-up-sent"),
    path("account/sign-up/<str:token>/", accounts.sign_up_finish, name="sign-up-finish"),
    path("account/sign-out/", accounts.sign_out, name="sign-out"),
    path("account/email/", accounts.email_change, name="email-change"),
    path("account/email/<str:token>/", accounts.email_confirm, name="email-confirm"),
    path("account/data/", personal_data.account_export, name="account-export"),
    path("account/delete/", personal_data.account_delete, name="account-delete"),
    path("account/password/", accounts.password_change, name="password-change"),
    path("account/password-reset/", accounts.password_reset, name="password-reset"),
    path("account/password-reset/sent/", accounts.password_reset_sent, name="password-reset-sent"),
    path("account/password-reset/done/", accounts.password_reset_done, name="password-reset-done"),
    path(
        "account/password-reset/<slug:uidb64>/<slug:token>/",
        accounts.password_reset_confirm,
        name="password-reset-confirm",
    ),
]

# What people do not read, or reads the same in every language.
plain = [
    path("movies/<name:slug>/poster.svg", posters.movie_poster, name="movie-poster"),
    path("accent/<colour:digits>.css", appearances.accent, name="accent"),
    path("icons/<colour:digits>/<initial:letter>/<slug:name>.png", appearances.letter_icon, name="letter-icon"),
    path("icons/logos/<slug:logo>/<slug:name>.png", appearances.logo_icon, name="logo-icon"),
    path("embed.js", embed.script, name="embed-script"),
    path("worker.js", kept.worker, name="worker"),
    # The switch between languages
    path("language/", languages.language, name="language"),
    # Payment providers and receipt printers
    path("payments/webhook/<slug:gateway>/", payments.payment_webhook, name="payment-webhook"),
    path("printers/<slug:secret>", printers.printer, name="printer"),
    # Apple Wallet
    path(
        "wallet/apple/v1/devices/<slug:device>/registrations/<str:pass_type>/<slug:serial>",
        apple_wallet.registration,
        name="pass-registration",
    ),
    path(
        "wallet/apple/v1/devices/<slug:device>/registrations/<str:pass_type>",
        apple_wallet.serials,
        name="pass-serials",
    ),
    path("wallet/apple/v1/passes/<str:pass_type>/<slug:serial>", apple_wallet.latest, name="pass-latest"),
    path("wallet/apple/v1/log", apple_wallet.log, name="pass-log"),
    # Search engines and home screens
    path("robots.txt", discovery.robots, name="robots"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("favicon.ico", discovery.favicon, name="favicon"),
    path("apple-touch-icon.png", discovery.touch_icon, name="apple-touch-icon"),
    # Aggregators
    *(
        path(f"{folder}showtimes.{format}", showtimes.showtimes, {"format": format}, name=f"{name}-{format}")
        for folder, name in (("", "showtimes"), ("theatres/<slug:slug>/", "theatre-showtimes"))
        for format in ("json", "csv")
    ),
]

if settings.DEMO:
    plain.append(path("sandbox/<slug:reference>/", sandbox.sandbox, name="sandbox"))

if is_allowed():
    from cinema.views.public import trace

    pages.append(path("guide/trace/", trace.trace, name="trace"))
