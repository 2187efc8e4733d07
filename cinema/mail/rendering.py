"""Mails as they are sent: what the templates of templates/email/ say, as HTML and as text."""

import re
import secrets
from email.message import Message
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template

PARTS = ("subject", "hello", "lead", "mark", "action", "link", "note")  # in the order of email/_parts.txt


class Mail(EmailMultiAlternatives):
    """A mail with HTML, which shows ``picture`` (a PNG) where it says ``cid:picture``."""

    picture: bytes | None = None

    def message(self) -> Message:
        """Put the HTML and its picture into one multipart/related part, where every mail program looks for it."""
        message = super().message()
        if self.picture:
            html = next(part for part in message.walk() if part.get_content_type() == "text/html")
            alternatives = next(part for part in message.walk() if part.is_multipart() and html in part.get_payload())
            image = MIMEImage(self.picture, "png")
            image.add_header("Content-ID", "<picture>")
            image.add_header("Content-Disposition", "inline", filename="ticket.png")
            alternatives.get_payload()[alternatives.get_payload().index(html)] = MIMEMultipart(
                "related", _subparts=[html, image]
            )
        return message


def make_mail(name: str, *, to: str, **context: Any) -> Mail:
    """Make the mail ``name`` of templates/email/. Its subject is one line, whatever a title contains."""
    context |= _parts(name, context)
    text = re.sub(r"\n\s*\n", "\n\n", _plain("_layout", context)).strip() + "\n"
    mail = Mail(" ".join(context["subject"].split()), text, to=[to])
    mail.picture = context.get("picture")
    mail.attach_alternative(get_template("email/_layout.html").render(context), "text/html")
    return mail


def _parts(name: str, context: dict[str, Any]) -> dict[str, str]:
    """The words of a mail by their part, as plain text, each sentence that has a line of its own on its line."""
    separator = secrets.token_hex(8)  # which no title or name contains
    parts = _plain(name, context | {"separator": separator}).split(separator)
    lines = (filter(None, (" ".join(line.split()) for line in part.splitlines())) for part in parts)
    return dict(zip(PARTS, map("\n".join, lines), strict=True))


def _plain(name: str, context: dict[str, Any]) -> str:
    """Render a template of plain text, in which “&” is no “&amp;”."""
    return get_template(f"email/{name}.txt").template.render(Context(context, autoescape=False))
