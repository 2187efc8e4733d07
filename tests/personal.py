"""Distinctive personal data, to find where the database still has it."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models

NAME, PHONE = "Zqname Rao", "+91 987 654 3210"
EMAIL = "zqmail@person.example"
PERSONAL = re.compile("zqname|zqmail|zqlabel|987.?654|person.?example", re.IGNORECASE)
TEXTS = models.CharField | models.TextField | models.JSONField | models.GenericIPAddressField


def places() -> Iterator[str]:
    """Each column of each table that contains some of such a person's data."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXTS):
                for value in model.objects.values_list(field.attname, flat=True):
                    if PERSONAL.search(str(value)):
                        yield f"{model.__name__}.{field.name}: {value}"
