"""Rules about new passwords that Django does not bring along, or says less plainly."""

import re

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cinema.models import User

# What somebody who wants into a cinema's system tries first.
OWN_WORDS = (
    *("admin", "booking", "boxoffice", "cinema", "demo", "film", "manager", "movie", "owner", "password", "popcorn"),
    *("screen", "seat", "staff", "theater", "theatre", "ticket", "usher", "welcome"),
)
FEWEST_LETTERS = 4


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Refuse a password that is like the name or the email address of its user."""

    def get_error_message(self) -> str:
        return _("Your password is too similar to your %(verbose_name)s.")


class OwnWordsValidator:
    """Refuse a password that is made of this trade's own words, with hardly a letter besides: Cinema-Tickets-2026."""

    def validate(self, password: str, user: User | None = None) -> None:
        letters = re.sub(r"[\W\d_]+", "", password.lower())
        rest = re.sub("|".join(OWN_WORDS), "", letters)
        if rest != letters and len(rest) < FEWEST_LETTERS:
            raise ValidationError(self.get_help_text(), code="password_of_own_words")

    def get_help_text(self) -> str:
        return _("Words about cinema alone are easy to guess. Add some that have nothing to do with it.")
