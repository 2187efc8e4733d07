"""Every form of the project."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from django import forms

import cinema.forms


def all_forms() -> Iterator[type[forms.BaseForm]]:
    for module in pkgutil.walk_packages(cinema.forms.__path__, "cinema.forms."):
        import_module(module.name)
    yield from _below(forms.BaseForm)


def _below(base: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield from _below(form)
        if form.__module__.startswith("cinema."):
            yield form
