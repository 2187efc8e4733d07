"""Django's admin. Models with business rules (films, shows, seats, bookings, money) are read-only there."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cinema import models
from cinema.domain.texts import normalise_email
from cinema.services.core import audit
from cinema.services.people.tokens import delete_tokens
from cinema.web import sessions

if TYPE_CHECKING:  # Django's classes are generic for the type checker only
    AnyAdmin = admin.ModelAdmin[Any]
    AccountAdmin = DjangoUserAdmin[models.User]
else:
    AnyAdmin = admin.ModelAdmin
    AccountAdmin = DjangoUserAdmin

admin.site.site_header = admin.site.site_title = _("Cinema database")
admin.site.index_title = _("Database")


def _may_enter(request: HttpRequest) -> bool:
    return admin.AdminSite.has_permission(admin.site, request) and not sessions.end_if_long(request)


admin.site.has_permission = _may_enter  # type: ignore[method-assign]


@login_required
def _enter(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Use the site's own sign-in page. A signed-in user without access gets 403, not a second password form."""
    if not _may_enter(request):
        raise PermissionDenied
    return redirect("admin:index")


admin.site.login = _enter  # type: ignore[method-assign]

RIGHTS = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")


class NotedAdmin(AnyAdmin):
    """Records changes in the audit trail as well, since Django's own log can be altered."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._note(request, obj, added=message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._note(request, obj, changed=message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            self._note(request, obj, deleted=True)
        return super().log_deletions(request, queryset)

    def _note(self, request: HttpRequest, obj: Model, **details: Any) -> None:
        kind = self.opts.model_name
        audit.note(action=audit.Action.ADMIN, user=_user(request), subject=obj, kind=kind, key=obj.pk, **details)


@admin.register(models.User)
class UserAdmin(NotedAdmin, AccountAdmin):
    """Django's UserAdmin with the email address as the name, and without Django's log, which would store that name."""

    ordering = ("email",)
    list_display = ("email", "name", "phone", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("email", "name", "phone")
    readonly_fields = ("date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "phone")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: models.User, form: "ModelForm[models.User]", change: bool) -> None:
        obj.email = normalise_email(obj.email)  # as sign-in looks it up
        super().save_model(request, obj, form, change)
        given: dict[str, Any] = {
            name: [_plain(form.initial.get(name)), _plain(form.cleaned_data[name])]
            for name in RIGHTS
            if name in form.changed_data
        }
        if "is_active" in given and not obj.is_active:
            delete_tokens(user=obj, by=_user(request))
        if given:
            audit.note(action=audit.Action.ROLE, user=_user(request), subject=obj, **given)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set a password and delete the user's API tokens, as a reset by mail does."""
        before = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        after = self.get_object(request, unquote(id))
        if before and after and after.password != before.password:
            delete_tokens(user=after, by=_user(request))
        return response

    def log_addition(self, request: HttpRequest, obj: models.User, message: Any) -> Any:
        self._note(request, obj, added=message)

    def log_change(self, request: HttpRequest, obj: models.User, message: Any) -> Any:
        self._note(request, obj, changed=message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[models.User]) -> Any:
        for obj in queryset:
            self._note(request, obj, deleted=True)


def _user(request: HttpRequest) -> models.User:
    """The user of a request that changes something: nobody else may enter."""
    if not isinstance(request.user, models.User):
        raise PermissionDenied
    return request.user


def _plain(value: Any) -> bool | list[str]:
    """A right as a JSON value: true or false, or the names of groups or permissions."""
    return value if isinstance(value, bool) else sorted(map(str, value or ()))


@admin.register(models.Genre)
class GenreAdmin(NotedAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(models.Language)
class LanguageAdmin(NotedAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")


class ReadOnlyAdmin(AnyAdmin):
    """A read-only admin: changes go through the services, which enforce the rules and write the ledger."""

    show_full_result_count = False  # saves counting tables that grow without end

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def register_read_only(model: type[Model], **options: Any) -> None:
    """Register ``model`` as read-only, newest rows first."""
    admin.site.register(model, ReadOnlyAdmin, **({"ordering": ("-pk",)} | options))


register_read_only(
    models.ApiToken,
    list_display=("user", "label", "created_at", "expires_at", "last_used_at"),
    list_select_related=("user",),
    search_fields=("user__email", "label"),
)
register_read_only(models.JobLease, list_display=("name", "due_at"))
register_read_only(
    models.EmailProof,
    list_display=("email", "name", "user", "created_at"),
    list_select_related=("user",),
    search_fields=("email", "name"),
)
register_read_only(models.FingerprintKey, list_display=("period",), exclude=("secret",))
register_read_only(models.FailedTry, list_display=("at", "kind", "about", "origin"))
register_read_only(models.MailRequest, list_display=("at", "kind", "to", "origin"))
register_read_only(
    models.Appearance,
    list_display=("theatre", "name", "accent", "announcement"),
    list_select_related=("theatre",),
    search_fields=("name", "announcement", "introduction"),
)
register_read_only(
    models.LegalText,
    list_display=("kind", "version", "user", "created_at"),
    list_filter=("kind",),
    list_select_related=("user",),
    search_fields=("text",),
)
register_read_only(
    models.Movie,
    list_display=("title", "year", "runtime", "certificate", "director", "rating"),
    list_filter=("certificate", "genres"),
    search_fields=("title", "original_title", "director"),
)
register_read_only(
    models.FilmImport,
    list_display=("event", "created", "updated", "already_there", "skipped_in_all", "warnings_in_all"),
    list_select_related=("event",),
    search_fields=("event__subject",),
)
register_read_only(
    models.Theatre,
    list_display=("name", "city", "time_zone", "cancel_cutoff", "refund_percent", "single_seats", "carer_free"),
    list_filter=("city", "single_seats", "carer_free"),
    search_fields=("name", "city", "address"),
)
register_read_only(
    models.TaxRule,
    list_display=("theatre", "kind", "from_day", "up_to", "percent"),
    list_filter=("kind", "theatre"),
    list_select_related=("theatre",),
)
register_read_only(
    models.SeatCategory,
    list_display=("name", "rank", "theatre"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name",),
)
register_read_only(
    models.Screen,
    list_display=("name", "theatre", "shape"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name", "theatre__name"),
)
register_read_only(
    models.Seat,
    list_display=("label", "screen", "category", "kind"),
    list_filter=("kind", "screen__theatre"),
    list_select_related=("screen", "category"),
    search_fields=("=row", "=number", "screen__name"),
)
register_read_only(
    models.Show,
    list_display=("title", "screen__theatre", "screen", "starts_at", "format", "language", "status", "seats_free"),
    list_filter=("status", "format", "screen__theatre", "language"),
    list_select_related=("movie", "screen__theatre", "language"),
    search_fields=("movie__title", "screen__theatre__name"),
    date_hierarchy="starts_at",
)
register_read_only(
    models.Feature,
    list_display=("show_id", "position", "movie", "break_minutes", "share"),
    list_select_related=("movie",),
    search_fields=("=show__pk", "movie__title"),
)
register_read_only(
    models.ShowSeat,
    list_display=("seat", "show", "status", "price", "hold_id"),
    list_filter=("status",),
    list_select_related=("seat", "show__movie"),
    search_fields=("=show__pk", "show__movie__title"),
)
register_read_only(
    models.Hold,
    list_display=("code", "show", "status", "created_at", "expires_at"),
    list_filter=("status",),
    list_select_related=("show__movie",),
    search_fields=("code", "show__movie__title"),
)
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
    models.Ticket,
    list_display=("reference", "show", "order", "status", "amount", "kept", "created_at"),
    list_filter=("status", "show__screen__theatre"),
    list_select_related=("show__movie", "order"),
    search_fields=("reference", "code", "order__reference", "order__email", "order__name"),
)
register_read_only(
    models.TicketSeat,
    list_display=("ticket", "show_seat__seat", "price", "active"),
    list_filter=("active",),
    list_select_related=("ticket", "show_seat__seat"),
    search_fields=("ticket__reference",),
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
    models.SeatUpgrade,
    list_display=("payment", "ticket", "changes", "done_at"),
    list_select_related=("payment__order", "ticket"),
    search_fields=("ticket__reference", "payment__code"),
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
    models.SeatEvent,
    list_display=("show", "revision", "show_seat", "action", "from_status", "to_status", "actor", "user", "at"),
    list_filter=("action", "actor"),
    list_select_related=("show__movie", "show_seat__seat", "show_seat__show__movie", "user"),
    search_fields=("=show__pk", "ticket__reference"),
)
register_read_only(
    models.WaitingEntry,
    list_display=("show", "email", "party", "status", "created_at", "offered_at"),
    list_filter=("status",),
    list_select_related=("show__movie",),
    search_fields=("email", "=show__pk"),
)
register_read_only(
    models.FilmAlert,
    list_display=("movie", "email", "created_at", "confirmed_at"),
    list_select_related=("movie",),
    search_fields=("email", "movie__title"),
    exclude=("code",),  # a secret that confirms it
)
register_read_only(models.ReminderStop, list_display=("email", "created_at"), search_fields=("email",))
register_read_only(
    models.OutgoingMail,
    list_display=("kind", "ticket", "created_at", "due_at", "attempts", "sent_at", "failed_at", "error"),
    list_filter=("kind", "error"),
    list_select_related=("ticket",),
    search_fields=("ticket__reference", "recipient"),
)
register_read_only(
    models.SandboxCharge,
    list_display=("reference", "description", "amount", "currency", "status", "report_at"),
    readonly_fields=("return_url", "webhook_url"),  # else Django warns about their unused form fields
    list_filter=("status",),
    search_fields=("reference", "description"),
)
register_read_only(
    models.StaffRole,
    list_display=("user", "theatre", "role"),
    list_filter=("role", "theatre"),
    list_select_related=("user", "theatre"),
    search_fields=("user__email", "user__name"),
)
register_read_only(
    models.StaffAction,
    list_display=("event", "ticket"),
    list_select_related=("event", "ticket"),
    search_fields=("ticket__reference",),
)
register_read_only(
    models.Edit,
    list_display=("event", "kind", "key", "version"),
    list_filter=("kind",),
    list_select_related=("event",),
    search_fields=("event__subject",),
)
register_read_only(
    models.AuditEvent,
    list_display=("at", "user", "action", "subject", "person", "theatre", "reason"),
    list_filter=("action", "theatre"),
    list_select_related=("user", "person", "theatre"),
    search_fields=("subject", "user__email", "person__email", "ticket__reference"),
)
register_read_only(
    models.CheckIn,
    list_display=("received_at", "scanned_at", "theatre", "device", "user", "ticket", "direction", "outcome", "reason"),
    list_filter=("outcome", "offline", "theatre"),
    list_select_related=("theatre", "user", "ticket"),
    search_fields=("ticket__reference", "device"),
)
register_read_only(
    models.PassRegistration,
    list_display=("ticket", "version", "changed_at"),
    list_select_related=("ticket",),
    search_fields=("ticket__reference",),
    exclude=("device", "push_token"),  # secrets of the phone
)
register_read_only(
    models.GooglePass,
    list_display=("ticket", "version"),
    list_select_related=("ticket",),
    search_fields=("ticket__reference",),
)
register_read_only(
    models.SeatBlock,
    list_display=("screen", "kind", "from_day", "until_day", "reason", "lifted_at"),
    list_filter=("kind", "screen__theatre"),
    list_select_related=("screen",),
    search_fields=("reason", "screen__name"),
)
register_read_only(
    models.HouseSeatRelease,
    list_display=("block", "show", "released_at"),
    list_select_related=("block__screen", "show__movie"),
    search_fields=("block__reason", "show__movie__title"),
)
register_read_only(
    models.ShowCancellation,
    list_display=("show", "remedy", "reason", "created_at", "choose_until", "done_at"),
    list_filter=("remedy",),
    list_select_related=("show__movie",),
    search_fields=("reason", "show__movie__title"),
)
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
    models.GiftCard,
    list_display=("__str__", "theatre", "amount", "balance", "activated_at", "expires_on", "blocked_at"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("=recipient_email",),
    exclude=("code", "page_code"),
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
register_read_only(
    models.DayReport,
    list_display=("__str__", "theatre", "day", "closed_at", "received", "refunded", "tax", "variance"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("=number",),
)
register_read_only(
    models.Till,
    list_display=("name", "theatre", "active"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name",),
)
register_read_only(
    models.TillSession,
    list_display=("till", "theatre", "opened_at", "closed_at", "z_number", "opening_float", "counted", "variance"),
    list_filter=("theatre",),
    list_select_related=("till", "theatre"),
    search_fields=("till__name",),
)
register_read_only(
    models.CashMovement,
    list_display=("session", "kind", "amount", "reason", "at"),
    list_filter=("kind",),
    list_select_related=("session__till",),
    search_fields=("reason",),
)
register_read_only(
    models.Printer,
    list_display=("name", "till", "status", "seen_at"),
    list_filter=("till__theatre",),
    list_select_related=("till",),
    search_fields=("name",),
    exclude=("digest",),
)
register_read_only(
    models.PrintJob,
    list_display=("pk", "printer", "kind", "state", "created_at"),
    list_filter=("kind", "state"),
    list_select_related=("printer",),
    search_fields=("=order__reference",),
    exclude=("code",),
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
register_read_only(
    models.ParkedSale,
    list_display=("word", "theatre", "parked_at", "until"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("word",),
    exclude=("code", "buyer", "chosen"),
)
register_read_only(
    models.CounterAction,
    list_display=("order", "kind", "reason", "seats", "amount", "session", "at"),
    list_filter=("kind", "reason"),
    list_select_related=("order", "session__till"),
    search_fields=("=order__reference",),
)
register_read_only(
    models.AllowedPrice,
    list_display=("pk", "list_price", "price", "reason"),
    list_filter=("reason",),
    search_fields=("=hold__pk",),
)
register_read_only(
    models.StaffPin,
    list_display=("user", "theatre"),
    list_filter=("theatre",),
    list_select_related=("user", "theatre"),
    search_fields=("user__email",),
    exclude=("pin",),
)
register_read_only(
    models.SharedBrowser,
    list_display=("theatre", "set_up_by", "seller", "created_at", "seen_at"),
    list_filter=("theatre",),
    list_select_related=("theatre", "set_up_by", "seller"),
    search_fields=("set_up_by__email",),
    exclude=("code", "password"),
)
register_read_only(
    models.PrivateHire,
    list_display=("screen", "starts_at", "ends_at", "occasion", "contact", "price"),
    list_filter=("screen__theatre",),
    list_select_related=("screen",),
    search_fields=("occasion", "contact", "email"),
)
register_read_only(
    models.Season,
    list_display=("title", "theatre", "starts_on", "ends_on"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("title",),
)
register_read_only(
    models.SettledConflict,
    list_display=("check_in", "user", "at"),
    list_select_related=("check_in", "user"),
    search_fields=("user__email",),
)
register_read_only(
    models.ShowNote,
    list_display=("text", "show", "written_by", "written_at", "removed_by", "removed_at"),
    list_select_related=("show__movie", "written_by", "removed_by"),
    search_fields=("text",),
)
register_read_only(
    models.SummedWeek,
    list_display=("screen", "monday", "shows"),
    list_filter=("screen__theatre",),
    list_select_related=("screen",),
    search_fields=("screen__name",),
)
