"""gunicorn's configuration in a test: its workers may open only a few files each."""

import resource

resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

wsgi_app = "cinema.asgi"
worker_class = "cinema.live.worker.Worker"
