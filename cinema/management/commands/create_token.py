from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cinema.models import User
from cinema.services.accounts import create_token


class Command(BaseCommand):
    help = "Make an API token for somebody with an account. It is printed once; only a hash of it is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address of the account")
        parser.add_argument("--label", default="", help="what the token is for, such as “Kiosk at the entrance”")

    def handle(self, *args: Any, email: str, label: str, **options: Any) -> None:
        longest = 80
        if len(label) > longest:
            raise CommandError(f"The label has {len(label)} characters; at most {longest} can be kept.")
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError(f"There is no account with the e-mail address “{email}”.") from None
        _, secret = create_token(user=user, label=label)
        self.stdout.write(secret)
