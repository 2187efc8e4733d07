"""How the site and the pages about a theatre present themselves."""

import re
from collections.abc import Mapping
from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.days import DayField
from cinema.forms.core.fields import EmailField, LinesField, OneLineField, VersionedForm
from cinema.forms.core.translations import TranslatedForm
from cinema.models import Appearance
from cinema.services.halls.appearances import LOGOS, TEXTS

MOST_LINKS, LONGEST_LINK = 8, 300

GROUPS = [
    (_("Name and colour"), ("name", "accent")),
    (_("Logo"), (*LOGOS, "remove_logo", "remove_logo_on_light")),
    (_("Programme"), ("announcement", "announced_until", "introduction")),
    (_("Contact"), ("phone", "email", "links")),
]


class ColourField(OneLineField):
    """A colour as “#b8290f”; “B8290F” and “#b20” will do."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value).lower()
        digits = text.removeprefix("#")
        if re.fullmatch("[0-9a-f]{3}", digits):
            digits = "".join(digit * 2 for digit in digits)
        return f"#{digits}" if re.fullmatch("[0-9a-f]{6}", digits) else text


class LinksField(LinesField):
    """Addresses of pages, one a line; “instagram.com/our.cinema” is https://instagram.com/our.cinema."""

    is_address = URLValidator(schemes=["https", "http"])

    def to_python(self, value: Any) -> str:
        links = super().to_python(value).split()
        return "\n".join(link if "://" in link else f"https://{link}" for link in links)

    def validate(self, value: str) -> None:
        super().validate(value)
        links = value.split()
        if len(links) > MOST_LINKS:
            raise ValidationError(_("Please give at most %(most)d links."), params={"most": MOST_LINKS})
        for link in links:
            try:
                self.is_address(link)
            except ValidationError:
                text = _("“%(link)s” is no address of a page, such as https://www.instagram.com/our.cinema.")
                raise ValidationError(text, params={"link": link[:LONGEST_LINK]}) from None


def logo_field(label: Any, help_text: Any) -> forms.FileField:
    """A new logo, which the service checks to be a picture."""
    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    return forms.FileField(label=label, help_text=help_text, widget=widget, required=False)


class AppearanceForm(TranslatedForm, VersionedForm, forms.ModelForm):
    """All settings of an appearance."""

    translated = ("announcement", "introduction")
    wide = ("announcement", "introduction", "links")

    logo = logo_field(
        _("Logo on dark"),
        _("At the top of every page, which is dark. A PNG with a transparent ground looks best."),
    )
    logo_on_light = logo_field(_("Logo on light"), _("In mails, on a light ground."))
    remove_logo = forms.BooleanField(label=_("Remove the logo on dark"), required=False)
    remove_logo_on_light = forms.BooleanField(label=_("Remove the logo on light"), required=False)

    class Meta:
        model = Appearance
        fields = TEXTS
        field_classes = {
            "name": OneLineField,
            "accent": ColourField,
            "announcement": OneLineField,
            "announced_until": DayField,
            "introduction": LinesField,
            "phone": OneLineField,
            "email": EmailField,
            "links": LinksField,
        }
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 8}),
            "links": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile] | None" = None,
        *,
        appearance: Appearance,
    ):
        initial = {name: getattr(appearance, name) for name in (*TEXTS, "version")}
        super().__init__(data, files, initial=initial)
        for name in LOGOS:
            if not getattr(appearance, name):
                del self.fields[f"remove_{name}"]
        self.add_languages(appearance)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in groups, each with a legend."""
        return [(str(legend), [self[name] for name in names if name in self.fields]) for legend, names in GROUPS]

    @property
    def texts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TEXTS} | self.translations

    @property
    def logos(self) -> dict[str, IO[bytes] | None]:
        """The new logos, and None for each to remove."""
        new = {name: file for name in LOGOS if (file := self.cleaned_data[name])}
        return {name: None for name in LOGOS if self.cleaned_data.get(f"remove_{name}")} | new
