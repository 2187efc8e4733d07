"""The entry point for servers that read a body while its page is answered."""

import gc
from io import BytesIO

import pytest
from django.core.exceptions import BadRequest

from cinema.wsgi import WholeBody, application
from tests.views.browsers import browser

FORM = b"reference=K7PM3WXY&email=asha%40example.org"
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="reference"\r\n\r\nK7PM3WXY\r\n--x--\r\n'


def posted(body: bytes, length: int, kind: str) -> str:
    """The status of a post that says it is so long."""
    said = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/tickets/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": f"csrftoken={'a' * 32}",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(length),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": BytesIO(),
    }
    application(environ, lambda status, headers: said.append(status))
    return said[0]


@pytest.mark.parametrize(
    ("kind", "body"), [("application/x-www-form-urlencoded", FORM), ("multipart/form-data; boundary=x", UPLOAD)]
)
@pytest.mark.parametrize("missing", [0, 1, 1_000_000])
def test_a_body_that_is_cut_off_is_refused(kind, body, missing):
    status = posted(body, len(body) + missing, kind)

    assert status == ("400 Bad Request" if missing else "403 Forbidden")  # whole, it lacks only the token of a form


def test_what_is_read_is_never_more_than_the_length():
    body = WholeBody(BytesIO(b"one\ntwo\nGET / HTTP/1.1"), 8)

    assert (body.readline(), body.readline(2), body.read()) == (b"one\n", b"tw", b"o\n")
    assert (body.read(), body.readline()) == (b"", b"")


@pytest.mark.parametrize("read", [WholeBody.read, WholeBody.readline])
def test_the_end_before_its_time_is_noticed_however_it_is_read(read):
    with pytest.raises(BadRequest):
        read(WholeBody(BytesIO(b"abc"), 4))


def test_a_body_without_a_length_is_rejected():
    """Django would read it as empty."""
    answer = browser().post("/tickets/", headers={"Transfer-Encoding": "chunked"})

    assert answer.status_code == 411


def test_searches_for_garbage_do_not_look_at_what_was_loaded():
    assert gc.get_freeze_count() > 0
