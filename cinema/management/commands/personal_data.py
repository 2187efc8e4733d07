from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cinema.exceptions import LastOwner, TicketsUnfinished
from cinema.exports import json_parts
from cinema.selectors.privacy.personal_data import person_by_email, personal_data
from cinema.services.privacy.erasure import erase_person, note_export


class Command(BaseCommand):
    help = "Print all data about a person as JSON, or erase it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["export", "erase"])
        parser.add_argument("email", help="the person’s email address")
        parser.add_argument(
            "--insist",
            action="store_true",
            help="erase even if there are tickets for upcoming shows or refunds on their way",
        )

    def handle(self, *args: Any, what: str, email: str, insist: bool, **options: Any) -> None:
        person = person_by_email(email)
        if what == "export":
            note_export(person=person, by=None)
            head = {"email": person.email, "exported_at": timezone.now()}
            for piece in json_parts.write(head, personal_data(person)):
                self.stdout.write(piece, ending="")
            return
        try:
            erased = erase_person(person=person, by=None, insist=insist)
        except LastOwner as error:
            raise CommandError(str(error)) from None
        except TicketsUnfinished as error:
            raise CommandError(f"{error} Use --insist to erase the data anyway.") from None
        self.stdout.write(", ".join(f"{what}: {count}" for what, count in erased.items()))
