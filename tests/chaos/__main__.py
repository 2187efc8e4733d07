"""The cinema under fire.

    .venv/bin/python -m tests.chaos --database postgresql --short

Real gunicorn workers on a real database, clients at random, and things that go wrong meanwhile; then everything is
checked. What the seed decides is what each client draws and which faults come at which request; who meets whom when is
decided by the machine, so a run with the same seed is alike, not the same. Ends with 1 if any check fails.
"""

import argparse
import os
import pickle
import secrets
import signal
import sys
from pathlib import Path

from tests.chaos import checks, report, run
from tests.chaos.record import Kind


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without stopping the servers
    print(f"seed {options.seed}: {options.requests} requests by {options.clients} clients on {options.database}")
    record = run.play(options)
    if options.keep:
        options.keep.write_bytes(pickle.dumps(record))
    verdicts = checks.all_of(record)
    print(report.table(record, verdicts))
    sys.exit(1 if any(verdicts.values()) else 0)


SHORT = {"requests": 660, Kind.KILL: 3, Kind.RESTART: 2, Kind.TERMINATION: 5}
LONG = {
    "postgresql": {"requests": 50_000, Kind.KILL: 100, Kind.RESTART: 20, Kind.TERMINATION: 200},
    "sqlite": {"requests": 20_000, Kind.KILL: 50},
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="The cinema under fire.")
    parser.add_argument("--database", choices=LONG, default="postgresql", help="%(default)s")
    parser.add_argument("--short", action="store_true", help="a run of half a minute; a long one otherwise")
    parser.add_argument("--requests", type=int)
    parser.add_argument("--kills", type=int, help="of workers, by SIGKILL")
    parser.add_argument("--restarts", type=int, help="of PostgreSQL, half of them crashes")
    parser.add_argument("--terminations", type=int, help="of the workers' connections to PostgreSQL")
    parser.add_argument("--providers", action="store_true", help="pay at fakes of Stripe and Razorpay, which misbehave")
    parser.add_argument("--clients", type=int, default=12, help="%(default)s moviegoers at a time")
    parser.add_argument("--shows", type=int, default=5, help="%(default)s on sale at a time, of 24 seats")
    parser.add_argument("--rush", action="store_true", help="let everybody book, and do nothing else")
    parser.add_argument("--workers", type=int, default=2, help="%(default)s of gunicorn")
    parser.add_argument("--seed", type=int, help="one that was printed, to play it again")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the record there, as a pickle")
    controls = parser.add_argument_group("controls", "which must make it fail")
    controls.add_argument("--unlocked", action="store_true", help="take no locks, and drop the constraints")
    controls.add_argument("--untidy", action="store_true", help="let the server do no housekeeping")
    controls.add_argument("--gullible", action="store_true", help="act on a provider's message whenever it comes")
    controls.add_argument("--unguarded", action="store_true", help="lock no payment while a refund is settled")
    controls.add_argument("--forgetful", action="store_true", help="let PostgreSQL answer before a commit is on disk")
    options = parser.parse_args()
    usual = SHORT if options.short else LONG[options.database]
    for name in ("requests", *Kind):
        if getattr(options, name) is None:
            setattr(options, name, usual.get(name, 0))
    if options.database == "sqlite":
        options.restarts = options.terminations = 0  # there is no server
    if options.seed is None:
        options.seed = secrets.randbelow(10**6)
    return options


if __name__ == "__main__":
    os.environ.pop("DATABASE_URL", None)
    main()
