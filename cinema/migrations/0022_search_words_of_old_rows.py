"""Write the words of films and tickets there are, and their addresses as they are stored from now on.

In batches, each committed by itself: what an interrupted migration wrote is written again without harm.
"""

from django.db import migrations

from cinema.domain.folding import stored_words, words_of_person
from cinema.domain.texts import normalise_email

BATCH = 2_000


def batches(rows):
    """Lists of up to BATCH rows, by primary key."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by('pk')[:BATCH]):
        yield batch
        last = batch[-1].pk


def write_films(apps, schema_editor):
    Movie = apps.get_model('cinema', 'Movie')
    for batch in batches(Movie.objects.only('title', 'original_title', 'director', 'cast')):
        for movie in batch:
            words = stored_words(movie.title, movie.original_title, movie.director, *map(str, movie.cast))
            movie.search_words = ''.join(f' {word}' for word in words)
        Movie.objects.bulk_update(batch, ['search_words'], batch_size=200)


def write_tickets(apps, schema_editor):
    Ticket, TicketWord = apps.get_model('cinema', 'Ticket'), apps.get_model('cinema', 'TicketWord')
    tickets = Ticket.objects.select_related('show__screen').only('name', 'email', 'show__screen__theatre')
    for batch in batches(tickets):
        for ticket in batch:
            correct(ticket)
        TicketWord.objects.bulk_create(
            [
                TicketWord(ticket_id=ticket.pk, theatre_id=ticket.show.screen.theatre_id, word=word)
                for ticket in batch
                for word in words_of_person(ticket.name, ticket.email)
            ],
            ignore_conflicts=True,
        )


def correct_addresses(apps, schema_editor):
    """Of accounts: where two would have the same one, each keeps what it has."""
    User = apps.get_model('cinema', 'User')
    for batch in batches(User.objects.only('email')):
        for user in batch:
            if not User.objects.filter(email=normalise_email(user.email)).exists():
                correct(user)


def correct(row):
    """Addresses with capitals are compared without them, but what is not ASCII has another form now."""
    if not row.email.isascii():
        row.email = normalise_email(row.email)
        type(row).objects.filter(pk=row.pk).update(email=row.email)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cinema', '0021_search_words'),
    ]

    operations = [
        migrations.RunPython(write_films, migrations.RunPython.noop),
        migrations.RunPython(write_tickets, migrations.RunPython.noop),
        migrations.RunPython(correct_addresses, migrations.RunPython.noop),
    ]
