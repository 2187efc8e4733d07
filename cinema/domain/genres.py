"""The names of genres in the language of the page."""

from django.utils.translation import pgettext_lazy

from cinema.domain.languages import is_own_language

# Those of most film tables. A genre of another name is written as the cinema writes it.
KNOWN = {
    "Action": pgettext_lazy("genre of a film", "Action"),
    "Adventure": pgettext_lazy("genre of a film", "Adventure"),
    "Animation": pgettext_lazy("genre of a film", "Animation"),
    "Biography": pgettext_lazy("genre of a film", "Biography"),
    "Comedy": pgettext_lazy("genre of a film", "Comedy"),
    "Crime": pgettext_lazy("genre of a film", "Crime"),
    "Documentary": pgettext_lazy("genre of a film", "Documentary"),
    "Drama": pgettext_lazy("genre of a film", "Drama"),
    "Family": pgettext_lazy("genre of a film", "Family"),
    "Fantasy": pgettext_lazy("genre of a film", "Fantasy"),
    "Film-Noir": pgettext_lazy("genre of a film", "Film noir"),
    "History": pgettext_lazy("genre of a film", "History"),
    "Horror": pgettext_lazy("genre of a film", "Horror"),
    "Music": pgettext_lazy("genre of a film", "Music"),
    "Musical": pgettext_lazy("genre of a film", "Musical"),
    "Mystery": pgettext_lazy("genre of a film", "Mystery"),
    "Romance": pgettext_lazy("genre of a film", "Romance"),
    "Sci-Fi": pgettext_lazy("genre of a film", "Sci-fi"),
    "Science Fiction": pgettext_lazy("genre of a film", "Science fiction"),
    "Sport": pgettext_lazy("genre of a film", "Sport"),
    "Thriller": pgettext_lazy("genre of a film", "Thriller"),
    "War": pgettext_lazy("genre of a film", "War"),
    "Western": pgettext_lazy("genre of a film", "Western"),
}


def genre_name(name: str) -> str:
    """A genre in the language of the page, if KNOWN; in the site's own language as the cinema writes it."""
    return name if is_own_language() else str(KNOWN.get(name, name))
