"""Reading of what providers send: gateways.messages."""

import pytest

from cinema.gateways.messages import page


@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example/1",
        "https:///1",
        "https:1",
        "https://",
        "https://[",
        "https://pay.example/\n",
        "https://a b/",
    ],
)
def test_a_page_to_pay_on_is_at_a_host_and_encrypted_like_the_interface(url):
    with pytest.raises(ValueError):
        page(url, like="https://api.pay.example")


def test_a_page_to_pay_on_may_be_long(settings):
    url = "https://pay.example/" + "x" * 2_000

    assert page(url, like="https://api.pay.example") == url
