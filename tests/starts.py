"""Programs in processes of their own, each with a given environment and none of the cinema's modules loaded.

They are forks of one process that has the libraries of the settings, so a start takes a tenth of the time that Python
takes to start and load them.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

SERVER = r"""
import json, os, signal, sys, traceback
import babel.numbers, dj_database_url, dj_email_url, environs, whitenoise.compress
import django.core.mail, django.core.management, django.core.serializers.json, django.forms

for line in sys.stdin:
    program, environment, out, err = json.loads(line)
    if child := os.fork():
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)
        continue
    signal.alarm(60)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((os.devnull, 0), (out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    status = 1
    try:
        exec(program, {"__name__": "__main__"})
        status = 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
"""


def run(program: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program like `python -c`, with just this environment."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        server = _server()
        print(json.dumps([program, dict(environment), str(out), str(err)]), file=server.stdin, flush=True)
        status = int(server.stdout.readline())
        return subprocess.CompletedProcess(program, status, out.read_text(), err.read_text())


@cache
def _server() -> subprocess.Popen[str]:
    """The process that forks. It ends with this one, at the end of its input."""
    command = [sys.executable, "-c", SERVER]
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
