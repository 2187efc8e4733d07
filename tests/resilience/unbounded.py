"""gunicorn's configuration in a control: the event loop waits for clients without end, and threads with it."""

from typing import Any

from a2wsgi import WSGIMiddleware

wsgi_app = "cinema.asgi"
worker_class = "cinema.live.worker.Worker"
graceful_timeout = 1  # its threads do not end


def post_worker_init(worker: Any) -> None:
    """gunicorn's hook: the application is loaded, and nothing is served yet."""
    from cinema.wsgi import application

    worker.wsgi = WSGIMiddleware(application, workers=4)
    worker.config.http = "httptools"
