"""Orders, payments, receipts, gift cards, and the money ledger."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(
    models.Order,
    list_display=("reference", "theatre", "name", "email", "channel", "status", "total", "created_at"),
    list_filter=("status", "channel", "theatre"),
    list_select_related=("theatre",),
    search_fields=("reference", "code", "email", "name"),
)
register_read_only(
    models.OrderLine,
    list_display=("order", "kind", "quantity", "unit_price", "amount", "tax_percent", "tax", "reported_price"),
    list_filter=("kind",),
    list_select_related=("order",),
    search_fields=("order__reference",),
)
register_read_only(
    models.Payment,
    list_display=("code", "order", "mode", "amount", "status", "created_at", "due_at", "settled_at", "last_error"),
    list_filter=("status", "mode", "gateway"),
    list_select_related=("order",),
    search_fields=("code", "order__reference", "order__email"),
)
register_read_only(
    models.PaymentKey,
    list_display=("payment", "key"),
    list_select_related=("payment__order",),
    search_fields=("payment__code", "payment__order__reference"),
)
register_read_only(
    models.Refund,
    list_display=(
        "code",
        "payment",
        "ticket",
        "amount",
        "reason",
        "status",
        "created_at",
        "due_at",
        "done_at",
        "last_error",
    ),
    list_filter=("status", "reason"),
    list_select_related=("payment__order", "ticket"),
    search_fields=("code", "payment__order__reference"),
)
register_read_only(
    models.Dispute,
    list_display=("dispute_id", "payment", "amount", "status", "opened_at", "respond_by", "decided_at"),
    list_filter=("status", "gateway"),
    list_select_related=("payment__order",),
    search_fields=("dispute_id", "payment__order__reference"),
)
register_read_only(
    models.PaymentIncident,
    list_display=("payment", "kind", "reported", "created_at"),
    list_filter=("kind",),
    list_select_related=("payment__order",),
    search_fields=("payment__code", "payment__order__reference"),
)
register_read_only(
    models.ProviderEvent,
    list_display=("gateway", "event_id", "kind", "about", "received_at", "handled_at", "due_at", "last_error"),
    list_filter=("gateway", "kind"),
    search_fields=("event_id", "about"),
)
register_read_only(
    models.ProviderFee,
    list_display=("fee_id", "gateway", "payment", "amount", "created_at"),
    list_filter=("gateway",),
    list_select_related=("payment__order",),
    search_fields=("fee_id", "payment__order__reference"),
)
register_read_only(
    models.Payout,
    list_display=("payout_id", "gateway", "amount", "currency", "status", "arrives_on", "booked", "difference"),
    list_filter=("gateway", "status", "difference"),
    search_fields=("payout_id",),
)
register_read_only(
    models.ReconciliationRun,
    list_display=("gateway", "started_at", "compared", "booked", "differences", "foreign", "fees", "is_complete"),
)
register_read_only(
    models.MoneyEntry,
    list_display=("at", "theatre", "order", "kind", "debit", "credit", "amount", "currency"),
    list_filter=("kind",),
    list_select_related=("theatre", "order"),
    search_fields=("order__reference", "payment__code", "refund__code"),
)
register_read_only(
    models.Receipt,
    list_display=("__str__", "theatre", "kind", "order", "total", "currency", "issued_at"),
    list_filter=("theatre", "kind"),
    list_select_related=("theatre", "order"),
    search_fields=("order__reference", "company"),
)
register_read_only(
    models.ReceiptLine,
    list_display=("receipt", "text", "quantity", "amount", "tax_percent", "tax"),
    list_select_related=("receipt",),
    search_fields=("receipt__order__reference",),
)
register_read_only(
    models.SandboxCharge,
    list_display=("reference", "description", "amount", "currency", "status", "report_at"),
    readonly_fields=("return_url", "webhook_url"),  # else Django warns about their unused form fields
    list_filter=("status",),
    search_fields=("reference", "description"),
)
register_read_only(
    models.GiftCard,
    list_display=("__str__", "theatre", "amount", "balance", "activated_at", "expires_on", "blocked_at"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("=recipient_email",),
    exclude=("code", "page_code"),
)
register_read_only(
    models.Invoice,
    list_display=("payer", "theatre", "due_on", "left"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("payer", "=payment__order__reference"),
)
register_read_only(
    models.InvoicePayment,
    list_display=("invoice", "way", "amount", "reference", "paid_on"),
    list_filter=("way",),
    list_select_related=("invoice",),
    search_fields=("reference", "invoice__payer"),
)
