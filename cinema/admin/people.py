"""Accounts, roles, and what signing in leaves behind."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cinema import models
from cinema.admin.base import NotedAdmin, register_read_only, user_of
from cinema.domain.texts import normalise_email
from cinema.services.core import audit
from cinema.services.people.tokens import delete_tokens

if TYPE_CHECKING:  # Django's class is generic for the type checker only
    AccountAdmin = DjangoUserAdmin[models.User]
else:
    AccountAdmin = DjangoUserAdmin

RIGHTS = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")


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
            delete_tokens(user=obj, by=user_of(request))
        if given:
            audit.note(action=audit.Action.ROLE, user=user_of(request), subject=obj, **given)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set a password and delete the user's API tokens, as a reset by mail does."""
        before = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        after = self.get_object(request, unquote(id))
        if before and after and after.password != before.password:
            delete_tokens(user=after, by=user_of(request))
        return response

    def log_addition(self, request: HttpRequest, obj: models.User, message: Any) -> Any:
        self._note(request, obj, added=message)

    def log_change(self, request: HttpRequest, obj: models.User, message: Any) -> Any:
        self._note(request, obj, changed=message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[models.User]) -> Any:
        for obj in queryset:
            self._note(request, obj, deleted=True)


def _plain(value: Any) -> bool | list[str]:
    """A right as a JSON value: true or false, or the names of groups or permissions."""
    return value if isinstance(value, bool) else sorted(map(str, value or ()))


register_read_only(
    models.ApiToken,
    list_display=("user", "label", "created_at", "expires_at", "last_used_at"),
    list_select_related=("user",),
    search_fields=("user__email", "label"),
)
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
    models.LegalText,
    list_display=("kind", "version", "user", "created_at"),
    list_filter=("kind",),
    list_select_related=("user",),
    search_fields=("text",),
)
register_read_only(models.ReminderStop, list_display=("email", "created_at"), search_fields=("email",))
register_read_only(
    models.StaffRole,
    list_display=("user", "theatre", "role"),
    list_filter=("role", "theatre"),
    list_select_related=("user", "theatre"),
    search_fields=("user__email", "user__name"),
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
