"""What a receipt printer has put out, by the answers that it got: no job twice, and each sale has its own."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.chaos import drawers
from tests.chaos.books import Books
from tests.chaos.history import Answer


def faults(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Every job that was printed twice, offered again, lost, or is not what the printer was told."""
    for job, times in Counter(a.asked["job"] for a in printed(answers)).items():
        if times > 1:
            yield f"job {job} was printed {times} times"
        if job not in books.prints:
            yield f"job {job} was printed, and there is none"
        elif books.prints[job].state == "WAITING":
            yield f"job {job} was printed, and is still offered"
    yield from _offered_again(answers)
    for answer in answers:
        if answer.what == "slip printed" and answer.status == 200:
            state = books.prints[answer.asked["job"]].state if answer.asked["job"] in books.prints else "gone"
            if state not in ("PRINTED", "DROPPED"):
                yield f"job {answer.asked['job']} was confirmed, and is {state}"
    sold = [answer.saw["payment"] for answer in (*drawers.sales(answers), *drawers.invoices(answers))]
    jobs = Counter(job.ticket for job in books.prints.values() if job.kind == "SALE")
    for code in sold:
        if (known := books.payments.get(code)) and jobs[known.ticket] != 1:
            yield f"ticket {known.ticket} was sold at the till, and has {jobs[known.ticket]} jobs"


def printed(answers: Sequence[Answer]) -> list[Answer]:
    """The answers with something to print."""
    return [answer for answer in answers if answer.what == "slip" and answer.saw.get("printed")]


def _offered_again(answers: Sequence[Answer]) -> Iterator[str]:
    """Jobs that a poll offered after they had come."""
    came = {answer.asked["job"]: answer.end for answer in printed(answers)}
    for answer in answers:
        if (job := answer.saw.get("job")) in came and answer.what == "printer polls" and answer.begin > came[job]:
            yield f"job {job} was offered again after it had been printed"
