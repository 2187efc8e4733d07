from getpass import getpass
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cinema.exceptions import EmailTaken
from cinema.forms.core.fields import EmailField, NameField
from cinema.models import User
from cinema.services.people.accounts import create_owner


class Command(BaseCommand):
    help = "Create the account of an owner, who can do everything at every theatre. Asks for whatever is not given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="the email address to sign in with")
        parser.add_argument("--name", default="", help="the owner’s name")
        parser.add_argument("--password-file", help="file with the password in its first line, or - for standard input")

    def handle(self, *args: Any, email: str | None, name: str, password_file: str | None, **options: Any) -> None:
        try:
            email = EmailField().clean(email or input("Email address: "))
            name = NameField(max_length=150, required=False).clean(name)
            password = self._read(password_file) if password_file else self._ask()
            validate_password(password, User(email=email, name=name))
            owner = create_owner(email=email, name=name, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except EmailTaken as error:
            raise CommandError(str(error)) from None
        self.stdout.write(self.style.SUCCESS(f"{owner.email} is an owner. Sign in at /staff/."))

    def _read(self, path: str) -> str:
        if path == "-":
            return input()
        try:
            with Path(path).open(encoding="utf-8") as file:
                return file.readline().rstrip("\n")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None

    def _ask(self) -> str:
        password = getpass("Password: ")
        if getpass("Password again: ") != password:
            raise CommandError("The two passwords differ. No account was created.")
        return password
