"""What runtime_api_server.RuntimeApi does wrong on request."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """How one call goes wrong. By default the answer is correct."""

    edit: Callable[[bytes], bytes] | None = None  # other bytes for the answer
    read: int | None = None  # read at most so many bytes of the request's body
    answer: bool = True  # False: send no byte
    step: int | None = None  # send so many bytes at a time,
    pause: float = 0.0  # with a pause of so many seconds
    halves: tuple | None = None  # two threading.Event: after half of the answer sets one, waits for the other
    close: str | None = None  # then close: "fin" or "rst"
    takes: bool = True  # whether a next hands out an invocation


def answer(status, body=b'{"errorMessage":"no","errorType":"InvalidStateTransition"}', end=None):
    """An answer, cut at the slice `end` if given."""
    head = b"HTTP/1.1 %d Scripted\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    data = (head % (status, len(body)) + body)[:end]
    return Fault(edit=lambda _: data, close="fin" if end else None, takes=False)


def hang_up(how="fin", read=None):
    """Hangs up once the request was read, or so much of its body."""
    return Fault(answer=False, read=read, close=how, takes=False)


def cut(size, close="fin"):
    """Sends only so many bytes of the answer; negative: all but so many."""
    return Fault(edit=lambda data: data[:size], close=close)


def cut_in_body(size, close="fin"):
    return Fault(edit=lambda data: data[: data.index(b"\r\n\r\n") + 4 + size], close=close)


def then_close(how="fin"):
    """A correct answer, after which the connection is idle and then closed."""
    return Fault(close=how)


def silence():
    """Reads the request, keeps the connection open, and does not answer."""
    return Fault(answer=False, takes=False)


def slow(step=1, pause=0.0005):
    return Fault(step=step, pause=pause)


def in_halves(sent, rest):
    """Sends half of the answer and sets the one event; sends the rest once the other is set."""
    return Fault(halves=(sent, rest))


def before(data):
    """Other bytes before the answer, such as an informational response."""
    return Fault(edit=lambda right: data + right)


def chunked(size, trailer=b""):
    def edit(data):
        head, _, body = data.partition(b"\r\n\r\n")
        head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length"))
        pieces = [body[i : i + size] for i in range(0, len(body), size)]
        chunks = b"".join(b"%x;extension=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        return head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n" + trailer + b"\r\n"

    return Fault(edit=edit)
