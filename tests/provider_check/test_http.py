"""http follows every rule, with clients that post all the time."""

import contextlib
import socket

import harness
import pytest
from checker import check, senders

pytestmark = [pytest.mark.abi, pytest.mark.timeout(300)]

REQUEST = b"POST /call HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 7\r\n\r\n" + b'{"n":1}'


def post(path):
    """Whether the post was answered."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(REQUEST)
        return b"".join(iter(lambda: connection.recv(65536), b"")) != b""
    return False


@pytest.mark.plain("the checker's own malloc is not there beside a sanitizer's")
@pytest.mark.parametrize("mode", ["plain", "fn"])
def test_it_keeps_every_rule(tmp_path, mode):
    path = tmp_path / "lsnr.sock"
    with senders(lambda: post(path), 6):
        result = check("--option", f"listen=unix:{path}", "--option", f"mode={mode}", "http").expect_kept()
    assert result.skipped <= {"format_log"}


def test_where_it_can_not_listen():
    check("--option", "listen=nowhere", "http").expect_unchecked("did not open")
