"""Password validators that Django lacks or words less plainly."""

import re

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cinema.models import User

# Words that an attacker of a cinema would try first.
OWN_WORDS = (
    *("admin", "booking", "boxoffice", "cinema", "demo", "film", "manager", "movie", "owner", "password", "popcorn"),
    *("screen", "seat", "staff", "theater", "theatre", "ticket", "usher", "welcome"),
)
FEWEST_LETTERS = 4


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Reject a password similar to the name or email address of its user."""

    def get_error_message(self) -> str:
        return _("Your password is too similar to your %(verbose_name)s.")


class OwnWordsValidator:
    """Reject a password of OWN_WORDS with fewer than FEWEST_LETTERS other letters, such as Cinema-Tickets-2026."""

    def validate(self, password: str, user: User | None = None) -> None:
        letters = re.sub(r"[\W\d_]+", "", password.lower())
        rest = re.sub("|".join(OWN_WORDS), "", letters)
        if rest != letters and len(rest) < FEWEST_LETTERS:
            raise ValidationError(self.get_help_text(), code="password_of_own_words")

    def get_help_text(self) -> str:
        return _("Words about cinema alone are easy to guess. Add some that have nothing to do with it.")
