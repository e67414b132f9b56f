"""What leads to this machine."""

from urllib.parse import urlsplit

import pytest

from pytest_layerperm.patches.loopback import is_loopback, is_loopback_host


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("127.example.com", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_what_counts_as_loopback(host, loopback):
    """Addresses that only this machine can reach; a name would have to be looked up."""
    assert is_loopback_host(host) is loopback


def test_a_url():
    """Its host decides, with a port or without."""
    assert is_loopback(urlsplit("http://[::1]:8080/path"))
    assert not is_loopback(urlsplit("https://127.example.com/"))
