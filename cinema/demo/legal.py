"""Short legal texts of the demo: those of the site, and those of a theatre that belongs to another company."""

from django.utils import timezone

from cinema.models import LegalText, Theatre

Kind = LegalText.Kind
OF_SITE = {
    Kind.IMPRINT: "# Demo Cinemas\n\nThis is a demo. Nobody runs these cinemas, and no real money moves.",
    Kind.TERMS: (
        "# Terms\n\n- A ticket admits to the show and the seats that it names.\n"
        "- How long it can be cancelled, and what is refunded, is said before you pay.\n"
        "- Please bring proof of age where the certificate of the film asks for it."
    ),
    Kind.PRIVACY: (
        "# Privacy\n\nWe keep your name and email address to send you your tickets, and erase both when you ask us to. "
        "We set no cookie that follows you to other sites."
    ),
}
OF_HIMAL = {
    Kind.IMPRINT: (
        "# Himal Chitra Ghar Pvt Ltd\n\n58 Naxal Bhagwati Marg, Kathmandu 44600, Nepal\n\n"
        "This is a demo. Nobody runs this cinema, and no real money moves."
    ),
    Kind.TERMS: (
        "# Terms of Himal Chitra Ghar\n\n- You buy your ticket from Himal Chitra Ghar Pvt Ltd.\n"
        "- The law of Nepal applies.\n- A ticket admits to the show and the seats that it names."
    ),
}


def publish_texts() -> None:
    """Publish the texts of the site and of Himal Chitra Ghar."""
    himal, numbers = Theatre.objects.get(slug="himal-chitra-ghar"), dict.fromkeys(Kind, 0)
    for theatre, texts in ((None, OF_SITE), (himal, OF_HIMAL)):
        for kind, text in texts.items():
            numbers[kind] += 1
            version = numbers[kind]
            LegalText.objects.create(kind=kind, theatre=theatre, version=version, text=text, created_at=timezone.now())
