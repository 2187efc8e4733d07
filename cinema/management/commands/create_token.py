from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cinema.forms.core.fields import OneLineField
from cinema.forms.people.accounts import LONGEST_LABEL
from cinema.models import User
from cinema.services.people.tokens import GOOD_FOR, create_token

LONGEST = 10 * 365  # days


class Command(BaseCommand):
    help = "Create an API token for an account. The token is printed once; only its hash is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the email address of the account")
        parser.add_argument("--label", required=True, help="what the token is for, such as “Kiosk at the entrance”")
        parser.add_argument("--days", type=int, default=GOOD_FOR, help="days it is valid (default: %(default)s)")

    def handle(self, *args: Any, email: str, label: str, days: int, **options: Any) -> None:
        if not 1 <= days <= LONGEST:
            raise CommandError(f"A token is valid for 1 to {LONGEST} days.")
        try:
            label = OneLineField(max_length=LONGEST_LABEL).clean(label)
            user = User.objects.get_by_natural_key(email)
        except ValidationError as error:
            raise CommandError(f"The label: {' '.join(error.messages)}") from None
        except User.DoesNotExist:
            raise CommandError(f"There is no account with the email address “{email}”.") from None
        _, secret = create_token(user=user, label=label, days=days)
        self.stdout.write(secret)
