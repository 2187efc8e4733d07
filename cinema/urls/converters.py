"""Path converters for keys, names, colours and letters. Other values lead to 404."""

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter


class KeyConverter(IntConverter):
    """A primary key of at most 64 bits; SQLite raises an error for larger ones."""

    regex = "[0-9]{1,18}"


class NameConverter(StringConverter):
    """The slug of a film, in any script. It has no NUL, which PostgreSQL cannot store in text."""

    regex = r"[^/\x00]+"


class ColourConverter(StringConverter):
    """The digits of a colour: “b8290f”."""

    regex = "[0-9a-f]{6}"


class InitialConverter(StringConverter):
    """A letter or digit of any script, or the star in place of one."""

    regex = r"[^\W_]|★"


register_converter(InitialConverter, "initial")
register_converter(ColourConverter, "colour")
register_converter(KeyConverter, "key")
register_converter(NameConverter, "name")
