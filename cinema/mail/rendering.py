"""Rendering of the templates in templates/email/ to mails with HTML and plain text."""

import re
import secrets
from email.message import Message
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import get_template

ISOLATED_URL = re.compile(
    r"\u2068(https?://[^\s\u2069]+)\u2069"
)  # many mail programs take the mark as a part of the URL
PARTS = ("subject", "hello", "lead", "mark", "action", "link", "note")  # in the order of email/_parts.txt


class Mail(EmailMultiAlternatives):
    """A mail whose HTML can show ``picture`` (a PNG) as ``cid:picture``."""

    picture: bytes | None = None

    def message(self) -> Message:  # type: ignore[override] # as of Django 5.2; the stubs are of 6
        """Build the message with HTML and picture in one multipart/related part, as all mail programs expect."""
        message: Message = super().message()
        if self.picture:
            html = next(part for part in message.walk() if part.get_content_type() == "text/html")
            payloads = (part.get_payload() for part in message.walk())
            alternatives = next(parts for parts in payloads if isinstance(parts, list) and html in parts)
            image = MIMEImage(self.picture, "png")
            image.add_header("Content-ID", "<picture>")
            image.add_header("Content-Disposition", "inline", filename="ticket.png")
            alternatives[alternatives.index(html)] = MIMEMultipart("related", _subparts=[html, image])
        return message


def make_mail(name: str, *, to: str, **context: Any) -> Mail:
    """Render the mail ``name`` of templates/email/. Line breaks in its subject become spaces."""
    context |= _parts(name, context)
    text = re.sub(r"\n\s*\n", "\n\n", _plain("_layout", context)).strip() + "\n"
    mail = Mail(" ".join(context["subject"].split()), text, to=[to])
    mail.picture = context.get("picture")
    mail.attach_alternative(get_template("email/_layout.html").render(context), "text/html")
    return mail


def _parts(name: str, context: dict[str, Any]) -> dict[str, str]:
    """Return the plain text of each part in PARTS, without blank lines and indentation."""
    separator = secrets.token_hex(8)  # which no title or name contains
    parts = _plain(name, context | {"separator": separator}).split(separator)
    lines = (filter(None, (" ".join(line.split()) for line in part.splitlines())) for part in parts)
    return dict(zip(PARTS, map("\n".join, lines), strict=True))


def _plain(name: str, context: dict[str, Any]) -> str:
    """Render a plain-text template, without HTML escaping."""
    text: str = Engine.get_default().get_template(f"email/{name}.txt").render(Context(context, autoescape=False))
    return ISOLATED_URL.sub(r"\1", text)
