"""How gunicorn runs cinema.asgi: on uvicorn, which ends open seat maps soon when it is told to stop."""

from uvicorn_worker import UvicornWorker


class Worker(UvicornWorker):
    CONFIG_KWARGS = {
        "loop": "uvloop",
        "http": "httptools",
        # Seconds for what is under way; after them open maps are cut, and come back by themselves.
        "timeout_graceful_shutdown": 5,
    }
