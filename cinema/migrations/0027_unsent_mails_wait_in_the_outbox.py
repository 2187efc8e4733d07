"""What was not mailed yet waits in the outbox, and so does the news of the last weeks for the history of orders.

The columns go that said so: of servers still running the code before, pages with tickets fail until they are restarted.
None of this rebuilds a table on SQLite.
"""

from datetime import timedelta

from django.conf import settings
from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

KEPT_FOR = timedelta(days=30)


def fill(apps, schema_editor):
    Mail, Ticket, Entry, SeatEvent = (
        apps.get_model("cinema", name) for name in ("OutgoingMail", "Ticket", "WaitingEntry", "SeatEvent")
    )

    def post(kind, things, about, sent_at=None):
        """Write a mail about each; ``sent_at`` names the column that says when it was sent, if it was."""
        mails = (
            Mail(
                kind=kind,
                recipient=thing.email,
                language=settings.LANGUAGE_CODE,
                **{about: thing},
                **({"sent_at": at, "created_at": at, "due_at": None} if (at := sent_at and getattr(thing, sent_at)) else {}),
            )
            for thing in things.order_by("pk").iterator(chunk_size=500)
        )
        Mail.objects.bulk_create(mails, batch_size=500)

    def coming(which, **more):
        tickets = Ticket.objects.filter(status="CONFIRMED", show__status="SCHEDULED", show__starts_at__gt=Now())
        return tickets.filter(which, emailed_at=None, **more)

    ins = SeatEvent.objects.filter(ticket=OuterRef("pk"), action="MOVE_IN")
    moved = Exists(ins) | Exists(SeatEvent.objects.filter(ticket=OuterRef("pk"), action="PLACE"))
    exchanged = Exists(ins.exclude(show=OuterRef("hold__show")))
    post("EXCHANGED", coming(exchanged), "ticket")
    post("SEATS_CHANGED", coming(moved & ~exchanged), "ticket")
    post("TICKET", coming(~moved & ~exchanged), "ticket")

    off = Ticket.objects.filter(show__status="CANCELLED", told_at=None, show__cancellation__done_at=None)
    choosing = off.filter(status="CONFIRMED", show__cancellation__choose_until__gt=Now())
    post("SHOW_CANCELLED_OFFER", choosing, "ticket")
    cancelled = off.filter(status="CANCELLED", cancelled_at__gte=F("show__cancellation__created_at"))
    post("CANCELLATION", cancelled, "ticket")

    waiting = Entry.objects.filter(emailed_at=None, show__starts_at__gt=Now())
    post("WAITING_JOINED", waiting.filter(status="WAITING"), "entry")
    post("WAITING_OFFER", waiting.filter(status="OFFERED", hold__expires_at__gt=Now()), "entry")

    lately = Now() - KEPT_FOR
    post("TICKET", Ticket.objects.filter(emailed_at__gt=lately), "ticket", "emailed_at")
    told = Ticket.objects.filter(told_at__gt=lately)
    post("CANCELLATION", told.filter(Q(status="CANCELLED")), "ticket", "told_at")
    post("SHOW_CANCELLED_OFFER", told.filter(~Q(status="CANCELLED")), "ticket", "told_at")


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0026_mails_wait_in_an_outbox'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name='ticket',
            name='ticket_not_emailed',
        ),
        migrations.RemoveIndex(
            model_name='waitingentry',
            name='waiting_untold',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='emailed_at',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='told_at',
        ),
        migrations.RemoveField(
            model_name='waitingentry',
            name='emailed_at',
        ),
    ]
