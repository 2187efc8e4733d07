"""Downloads shared by several views."""

from django.http import StreamingHttpResponse
from django.utils import timezone

from cinema.exports import json_parts
from cinema.models import User
from cinema.selectors.privacy.personal_data import DataSubject, personal_data
from cinema.services.privacy.erasure import note_export


def personal_data_file(person: DataSubject, *, by: User) -> StreamingHttpResponse:
    """A person's data as a JSON file; recorded in the audit trail."""
    note_export(person=person, by=by)
    head = {"email": person.email, "exported_at": timezone.now()}
    return StreamingHttpResponse(
        json_parts.write(head, personal_data(person)),
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="personal-data.json"'},
    )
