"""Price cards, tariffs, coupons and vouchers."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(
    models.TicketType,
    list_display=("name", "theatre", "rank", "note"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name",),
)
register_read_only(
    models.PriceCard,
    list_display=("name", "theatre", "version", "retired_at"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name",),
)
register_read_only(
    models.Price,
    list_display=("card", "category", "ticket_type", "amount"),
    list_select_related=("card", "category", "ticket_type"),
    search_fields=("card__name",),
)
register_read_only(
    models.PriceAdjustment,
    list_display=("name", "card", "weekdays", "from_time", "until_time", "format", "amount"),
    list_select_related=("card",),
    search_fields=("name", "card__name"),
)
register_read_only(
    models.Coupon,
    list_display=("name", "code", "theatre", "kind", "value", "used", "valid_from", "valid_until", "ended_at"),
    list_filter=("theatre", "kind"),
    list_select_related=("theatre",),
    search_fields=("name", "=code"),
)
register_read_only(
    models.VoucherBatch,
    list_display=("name", "theatre", "issued_to", "number", "face_value", "valid_from", "valid_until", "blocked_at"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name", "issued_to"),
)
register_read_only(
    models.Voucher,
    list_display=("__str__", "batch", "used_at", "extended_until", "blocked_at"),
    list_select_related=("batch",),
    search_fields=("batch__name",),
    exclude=("code",),
)
register_read_only(
    models.Tariff,
    list_display=("theatre", "digest"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("digest",),
)
register_read_only(
    models.TariffPrice,
    list_display=("tariff", "category", "ticket_type", "amount"),
    list_select_related=("tariff__theatre", "category", "ticket_type"),
    search_fields=("=tariff__pk",),
)
