"""Email addresses that get no reminders of coming shows."""

from cinema.models import ReminderStop


def has_stopped_reminders(email: str) -> bool:
    """Whether reminders to this email address are stopped."""
    return ReminderStop.objects.filter(email=email).exists()
