"""Who may enter Django's admin, and what its models have in common."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cinema import models
from cinema.services.core import audit
from cinema.web import sessions

if TYPE_CHECKING:  # Django's class is generic for the type checker only
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin

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
        audit.note(action=audit.Action.ADMIN, user=user_of(request), subject=obj, kind=kind, key=obj.pk, **details)


def user_of(request: HttpRequest) -> models.User:
    """The user of a request that changes something: nobody else may enter."""
    if not isinstance(request.user, models.User):
        raise PermissionDenied
    return request.user


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
