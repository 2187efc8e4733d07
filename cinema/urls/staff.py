"""URLs of the back office, grouped by subject. Those of a theatre begin with its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers the path converters
from cinema.views.staff import access
from cinema.views.staff.door import door, lists, offline
from cinema.views.staff.figures import days, exports, figures, home, today
from cinema.views.staff.films import film_imports, films
from cinema.views.staff.halls import halls, screens, tax_rules, theatres
from cinema.views.staff.money import gift_cards, invoices, payments, readers, receipts, tills, vouchers
from cinema.views.staff.orders import (
    blocks,
    counter,
    counter_payments,
    order_seats,
    orders,
    parking,
    permissions,
    sellers,
    show_cancellations,
)
from cinema.views.staff.orders import invoices as counter_invoices
from cinema.views.staff.people import legal, people
from cinema.views.staff.prices import coupons, prices, ticket_types
from cinema.views.staff.privacy import personal_data
from cinema.views.staff.schedule import audience, publishing, schedule, schedule_import, shows

HERE = "theatres/<slug:slug>/"
ORDER = HERE + "orders/<slug:reference>/"

urlpatterns = [
    # Home
    path("", home.home, name="staff"),
    # Today
    path(HERE, today.today, name="staff-today"),
    # Door
    path(f"{HERE}door/", door.door, name="staff-door"),
    path(f"{HERE}door/counts/", lists.counts, name="staff-door-counts"),
    path(f"{HERE}door/shows/<key:pk>/", lists.show, name="staff-door-show"),
    path(f"{HERE}door/tickets.json", offline.tickets, name="staff-door-tickets"),
    path(f"{HERE}door/merging/", offline.merging, name="staff-door-merging"),
    path(f"{HERE}door/worker.js", offline.worker, name="staff-door-worker"),
    path(f"{HERE}door/setup/", door.setup, name="staff-door-setup"),
    path(f"{HERE}door/scan/", door.scan, name="staff-door-scan"),
    path(f"{HERE}door/undo/", door.undo, name="staff-door-undo"),
    path(f"{HERE}door/by-hand/", door.by_hand, name="staff-door-by-hand"),
    path(f"{HERE}door/conflicts/<key:pk>/settle/", door.settle, name="staff-door-settle"),
    # Films
    path("films/", films.films, name="staff-films"),
    path("films/add/", films.film_add, name="staff-films-add"),
    path("films/import/", film_imports.film_import, name="staff-films-import"),
    path("films/import/reports/<key:pk>/", film_imports.film_import_report, name="staff-films-import-report"),
    path("films/import/<slug:upload>/", film_imports.film_import_preview, name="staff-films-import-preview"),
    path("films/<key:pk>/", films.film_edit, name="staff-films-edit"),
    path("films/<key:pk>/retire/", films.film_retire, name="staff-films-retire"),
    path("films/<key:pk>/poster/", films.film_poster, name="staff-films-poster"),
    # Theatres, people, legal texts and personal data
    path("theatres/", theatres.theatres, name="staff-theatres"),
    path("new-theatre/", theatres.theatre_add, name="staff-theatres-add"),
    path(HERE + "settings/", theatres.theatre_edit, name="staff-theatres-edit"),
    path(HERE + "settings/tax/", tax_rules.tax_rule_add, name="staff-theatres-tax-add"),
    path(HERE + "settings/tax/<key:pk>/remove/", tax_rules.tax_rule_remove, name="staff-theatres-tax-remove"),
    path("legal/", legal.texts, name="staff-legal"),
    path("legal/person/", personal_data.person, name="staff-legal-person"),
    path("legal/person/data/", personal_data.person_export, name="staff-legal-person-export"),
    path("legal/person/erasure/", personal_data.person_erase, name="staff-legal-person-erase"),
    path("legal/<slug:kind>/", legal.text, name="staff-legal-text"),
    path("legal/<slug:kind>/<key:number>/", legal.version, name="staff-legal-version"),
    path(HERE + "people/", people.people, name="staff-people"),
    path(HERE + "people/<key:pk>/take/", people.people_take, name="staff-people-take"),
    path(HERE + "people/<key:pk>/invite/", people.people_invite, name="staff-people-invite"),
    path(HERE + "people/<key:pk>/pin/", people.people_pin, name="staff-people-pin"),
    # Screens and their seats
    path(f"{HERE}screens/", screens.screens, name="staff-screens"),
    path(f"{HERE}screens/add/", screens.add, name="staff-screens-add"),
    path(f"{HERE}screens/categories/", screens.categories, name="staff-screens-categories"),
    path(f"{HERE}screens/<key:pk>/", halls.edit, name="staff-screens-edit"),
    path(f"{HERE}screens/<key:pk>/preview/", halls.preview, name="staff-screens-preview"),
    path(f"{HERE}screens/<key:pk>/save/", halls.save, name="staff-screens-save"),
    path(f"{HERE}screens/<key:pk>/closed/", screens.retire, name="staff-screens-retire"),
    # Seats off sale
    path(f"{HERE}blocks/", blocks.blocks, name="staff-blocks"),
    path(f"{HERE}blocks/add/", blocks.add, name="staff-blocks-add"),
    path(f"{HERE}blocks/add/<key:screen_pk>/", blocks.hall, name="staff-blocks-hall"),
    path(f"{HERE}blocks/<key:pk>/", blocks.block, name="staff-blocks-block"),
    path(f"{HERE}blocks/<key:pk>/lift/", blocks.lift, name="staff-blocks-lift"),
    path(f"{HERE}blocks/<key:pk>/move/", blocks.move, name="staff-blocks-move"),
    path(f"{HERE}blocks/<key:pk>/release/", blocks.release, name="staff-blocks-release"),
    # Schedule
    path(HERE + "schedule/", schedule.planner, name="staff-schedule"),
    path(HERE + "schedule/add/", schedule.add, name="staff-schedule-add"),
    path(HERE + "schedule/copy/", schedule.copy, name="staff-schedule-copy"),
    path(HERE + "schedule/publish/", publishing.publish, name="staff-schedule-publish"),
    path(HERE + "schedule/discard/", publishing.discard, name="staff-schedule-discard"),
    path(HERE + "schedule/card/", publishing.card, name="staff-schedule-card"),
    path(HERE + "schedule/import/", schedule_import.upload, name="staff-schedule-import"),
    path(HERE + "schedule/import/template.csv", schedule_import.template, name="staff-schedule-template"),
    path(HERE + "schedule/shows/<key:pk>/", shows.edit, name="staff-schedule-show"),
    path(HERE + "schedule/shows/<key:pk>/move/", shows.move, name="staff-schedule-move"),
    path(HERE + "schedule/shows/<key:pk>/delete/", shows.delete, name="staff-schedule-delete"),
    path(HERE + "schedule/shows/<key:pk>/draft/", shows.unpublish, name="staff-schedule-unpublish"),
    # Prices
    path(f"{HERE}prices/", prices.cards, name="staff-prices"),
    path(f"{HERE}prices/add/", prices.add, name="staff-prices-add"),
    path(f"{HERE}prices/<key:pk>/", prices.card, name="staff-prices-card"),
    path(f"{HERE}prices/<key:pk>/retire/", prices.retire, name="staff-prices-retire"),
    path(f"{HERE}prices/<key:pk>/week/", prices.preview, name="staff-prices-preview"),
    path(f"{HERE}prices/<key:pk>/shows/", prices.shows, name="staff-prices-shows"),
    path(f"{HERE}prices/types/", ticket_types.types, name="staff-prices-types"),
    path(f"{HERE}prices/types/<key:pk>/", ticket_types.edit, name="staff-prices-types-edit"),
    path(f"{HERE}prices/types/<key:pk>/move/", ticket_types.move, name="staff-prices-types-move"),
    path(f"{HERE}prices/types/<key:pk>/retire/", ticket_types.retire, name="staff-prices-types-retire"),
    path(f"{HERE}prices/coupons/", coupons.coupons, name="staff-prices-coupons"),
    path(f"{HERE}prices/coupons/add/", coupons.add, name="staff-prices-coupons-add"),
    path(f"{HERE}prices/coupons/<key:pk>/", coupons.edit, name="staff-prices-coupons-edit"),
    path(f"{HERE}prices/coupons/<key:pk>/end/", coupons.end, name="staff-prices-coupons-end"),
    # Shows and their cancellation
    path(HERE + "shows/<key:pk>/", audience.show, name="staff-shows-show"),
    path(HERE + "shows/<key:pk>/notes/", audience.note, name="staff-shows-note"),
    path(HERE + "shows/notes/<key:pk>/remove/", audience.note_remove, name="staff-shows-note-remove"),
    path(HERE + "shows/<key:pk>/cancellation/", show_cancellations.cancellation, name="staff-shows-cancel"),
    path(
        HERE + "shows/<key:pk>/cancellation/progress/",
        show_cancellations.cancellation_progress,
        name="staff-shows-cancel-progress",
    ),
    # Money
    path(HERE + "payments/", payments.payments, name="staff-payments"),
    path(f"{HERE}payments/invoices/", invoices.invoices, name="staff-payments-invoices"),
    path(f"{HERE}payments/invoices/<slug:code>/", invoices.invoice, name="staff-payments-invoice"),
    # Tills
    path(f"{HERE}tills/", tills.tills, name="staff-tills"),
    path(f"{HERE}tills/add/", tills.add, name="staff-tills-add"),
    path(f"{HERE}tills/pin/", tills.pin, name="staff-tills-pin"),
    path(f"{HERE}tills/days/", days.days, name="staff-tills-days"),
    path(f"{HERE}tills/days/<key:number>/", days.report, name="staff-tills-days-report"),
    path(f"{HERE}tills/days/<key:number>.<slug:format>", days.export, name="staff-tills-days-export"),
    path(f"{HERE}tills/<key:pk>/", tills.till, name="staff-tills-till"),
    path(f"{HERE}tills/<key:pk>/edit/", tills.edit, name="staff-tills-edit"),
    path(f"{HERE}tills/<key:pk>/reader/", readers.reader, name="staff-tills-reader"),
    path(f"{HERE}tills/<key:pk>/open/", tills.opening, name="staff-tills-open"),
    path(f"{HERE}tills/sessions/<slug:code>/", tills.report, name="staff-tills-report"),
    path(f"{HERE}tills/sessions/<slug:code>/move/", tills.move, name="staff-tills-move"),
    path(f"{HERE}tills/sessions/<slug:code>/count/", tills.count, name="staff-tills-count"),
    path(f"{HERE}tills/sessions/<slug:code>/close/", tills.close, name="staff-tills-close"),
    # Receipts
    path(HERE + "receipts/<slug:code>/", receipts.receipt, name="staff-receipts-receipt"),
    path(HERE + "receipts/<slug:code>/receipt.pdf", receipts.receipt_pdf, name="staff-receipts-pdf"),
    path(HERE + "receipts/<slug:code>/send/", receipts.send, name="staff-receipts-send"),
    # The counter
    path(f"{HERE}sell/", counter.sell, name="staff-sell"),
    path(f"{HERE}sell/till/", counter.till, name="staff-sell-till"),
    path(f"{HERE}sell/add/", counter.add, name="staff-sell-add"),
    path(f"{HERE}sell/map/", counter.choose, name="staff-sell-map"),
    path(f"{HERE}sell/pay/", counter.pay, name="staff-sell-pay"),
    path(f"{HERE}sell/share/", sellers.share, name="staff-sell-share"),
    path(f"{HERE}sell/sign-on/", sellers.sign_on, name="staff-sell-sign-on"),
    path(f"{HERE}sell/lock/", sellers.lock, name="staff-sell-lock"),
    path(f"{HERE}sell/present/", sellers.present, name="staff-sell-present"),
    path(f"{HERE}sell/outcome/", counter.outcome, name="staff-sell-outcome"),
    path(f"{HERE}sell/park/", parking.park, name="staff-sell-park"),
    path(f"{HERE}sell/parked/<slug:code>/resume/", parking.resume, name="staff-sell-parked-resume"),
    path(f"{HERE}sell/parked/<slug:code>/release/", parking.release, name="staff-sell-parked-release"),
    path(f"{HERE}sell/display/", counter.display, name="staff-sell-display"),
    path(f"{HERE}sell/payments/<slug:code>/ask/", counter_payments.ask, name="staff-sell-ask"),
    path(f"{HERE}sell/payments/<slug:code>/give-up/", counter_payments.cancel, name="staff-sell-give-up"),
    path(f"{HERE}sell/allow/", permissions.allow, name="staff-sell-allow"),
    path(f"{HERE}sell/invoice/", counter_invoices.invoice, name="staff-sell-invoice"),
    path(f"{HERE}sell/drop/", counter.drop, name="staff-sell-drop"),
    path(f"{HERE}sell/refunds/<slug:code>/", counter.payout, name="staff-sell-payout"),
    path(f"{HERE}sell/<slug:reference>/resume/", counter.resume, name="staff-sell-resume"),
    path(f"{HERE}sell/<slug:reference>/void/", counter.void, name="staff-sell-void"),
    path(f"{HERE}sell/<slug:reference>/void-sold/", permissions.void, name="staff-sell-void-sold"),
    path(f"{HERE}sell/<slug:reference>/print/", counter.printed, name="staff-sell-print"),
    # Orders
    path(HERE + "orders/", orders.orders, name="staff-orders"),
    path(ORDER, orders.order, name="staff-orders-order"),
    path(ORDER + "resend/", orders.order_resend, name="staff-orders-resend"),
    path(ORDER + "email/", orders.order_email, name="staff-orders-email"),
    path(ORDER + "cancel/", orders.order_cancel, name="staff-orders-cancel"),
    path(ORDER + "refund/", orders.order_refund, name="staff-orders-refund"),
    path(ORDER + "settle/", orders.order_settle, name="staff-orders-settle"),
    path(ORDER + "move/", order_seats.order_move, name="staff-orders-move"),
    path(ORDER + "exchange/", order_seats.order_exchange, name="staff-orders-exchange"),
    # Gift cards
    path(f"{HERE}gift-cards/", gift_cards.cards, name="staff-gift-cards"),
    path(f"{HERE}gift-cards/<key:pk>/", gift_cards.card, name="staff-gift-cards-card"),
    path(f"{HERE}gift-cards/<key:pk>/block/", gift_cards.block, name="staff-gift-cards-block"),
    path(f"{HERE}gift-cards/<key:pk>/replace/", gift_cards.replace, name="staff-gift-cards-replace"),
    path(f"{HERE}gift-cards/<key:pk>/refund/", gift_cards.refund, name="staff-gift-cards-refund"),
    # Vouchers
    path(f"{HERE}vouchers/", vouchers.vouchers, name="staff-vouchers"),
    path(f"{HERE}vouchers/add/", vouchers.add, name="staff-vouchers-add"),
    path(f"{HERE}vouchers/<key:pk>/", vouchers.batch, name="staff-vouchers-batch"),
    path(f"{HERE}vouchers/<key:pk>/block/", vouchers.block, name="staff-vouchers-block"),
    path(f"{HERE}vouchers/<key:pk>/codes.<slug:format>", vouchers.export, name="staff-vouchers-export"),
    path(f"{HERE}vouchers/codes/<key:pk>/", vouchers.voucher, name="staff-vouchers-voucher"),
    path(f"{HERE}vouchers/codes/<key:pk>/block/", vouchers.block_one, name="staff-vouchers-voucher-block"),
    # Figures
    path("figures/", figures.everywhere, name="staff-figures-all"),
    path("figures/export.<slug:format>", exports.export_everywhere, name="staff-figures-all-export"),
    path(f"{HERE}figures/", figures.figures, name="staff-figures"),
    path(f"{HERE}figures/export/<slug:what>.<slug:format>", exports.export, name="staff-figures-export"),
    path(f"{HERE}figures/hall/", figures.hall, name="staff-figures-heatmap"),
    path(f"{HERE}figures/takings/", figures.takings, name="staff-figures-takings"),
    path(f"{HERE}figures/tax/", figures.taxes, name="staff-figures-tax"),
    path(f"{HERE}figures/discounts/", figures.discounts, name="staff-figures-discounts"),
    path(f"{HERE}figures/gift-cards/", figures.gift_cards, name="staff-figures-gift-cards"),
    path(f"{HERE}figures/receipts/", figures.receipts, name="staff-figures-receipts"),
    path(f"{HERE}figures/distributor/", figures.distributor, name="staff-figures-distributor"),
    path(f"{HERE}figures/distributor/<key:movie>/", figures.film, name="staff-figures-film"),
    path(f"{HERE}figures/distributor/<key:movie>.<slug:format>", exports.export_film, name="staff-figures-film-export"),
    re_path("", access.nothing),
]
