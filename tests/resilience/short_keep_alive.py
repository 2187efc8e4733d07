"""gunicorn's configuration in a control: idle connections are closed after 2 seconds, as is gunicorn's default."""

from cinema.live.worker import Worker

wsgi_app = "cinema.asgi"


class Impatient(Worker):
    CONFIG_KWARGS = Worker.CONFIG_KWARGS | {"timeout_keep_alive": 2}


worker_class = "tests.resilience.short_keep_alive.Impatient"
