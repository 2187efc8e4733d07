"""gunicorn's configuration in some tests: a page takes the time in its URL, such as /?seconds=3, and threads count as
hanging after a moment.
"""

from time import sleep
from typing import Any
from urllib.parse import parse_qs

wsgi_app = "cinema.asgi"
worker_class = "cinema.live.worker.Worker"


def post_worker_init(worker: Any) -> None:
    """gunicorn's hook: the application is loaded, and nothing is served yet."""
    from cinema import wsgi
    from cinema.live import application
    from cinema.live import worker as module

    def slowly(environ: dict[str, Any], start_response: Any) -> Any:
        sleep(float(parse_qs(environ["QUERY_STRING"]).get("seconds", ["0"])[0]))
        return wsgi.application(environ, start_response)

    application.pages._application = slowly
    if worker.cfg.timeout < 30:
        module.HANG = 2.0
