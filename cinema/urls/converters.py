"""What may stand in an address where a key or a name is expected. Anything else is simply not found."""

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter


class KeyConverter(IntConverter):
    """A primary key. No database holds more than 64 bits, and SQLite would stumble over more."""

    regex = "[0-9]{1,18}"


class NameConverter(StringConverter):
    """The slug of a film, in any script. No text that PostgreSQL keeps has a NUL in it."""

    regex = r"[^/\x00]+"


register_converter(KeyConverter, "key")
register_converter(NameConverter, "name")
