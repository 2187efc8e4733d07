"""The audit trail, mails, and background jobs."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(models.JobLease, list_display=("name", "due_at"))
register_read_only(
    models.OutgoingMail,
    list_display=("kind", "ticket", "created_at", "due_at", "attempts", "sent_at", "failed_at", "error"),
    list_filter=("kind", "error"),
    list_select_related=("ticket",),
    search_fields=("ticket__reference", "recipient"),
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
