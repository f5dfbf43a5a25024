"""A scripted proxy of OpenWhisk's action loop (apache/openwhisk-runtime-go): JSON lines to stdin, answers on descriptor 3."""

import contextlib
import fcntl
import json
import os
import queue
import struct
import termios
import threading
import time

from harness import PATIENCE, PROGRAM, Harness, check_secrets, parse, wait_until

API_KEY = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP"
ACTIVATION_ID = "4a5f0e8c8a2d4c9b9f0e8c8a2d4c9b10"
# Started by a shell, because Python can't give a child a descriptor under another number.
ON_DESCRIPTOR_3 = 'from=$1; shift; exec "$@" 3>&"$from" {from}>&-'


def envelope(value, **changes):
    """An activation's line, without its end, as the proxy writes it; None leaves a member out."""
    members = {
        "value": value,
        "namespace": "guest",
        "action_name": "/guest/faas",
        "action_version": "0.0.3",
        "api_host": "http://192.0.2.1:10001",
        "api_key": API_KEY,
        "activation_id": ACTIVATION_ID,
        "transaction_id": "Jx7BLtZeTmBAgbMCtbOZRbFzKbPrQq5A",
        "deadline": str(int(time.time() * 1000) + 60_000),
    } | changes
    return json.dumps({name: member for name, member in members.items() if member is not None}, ensure_ascii=False)


class Action(Harness):
    """A running action. Its answers are those on descriptor 3."""

    def __init__(self, *args, env=None, wait_for_ack=True, program=PROGRAM, **options):
        read, write = os.pipe()
        high = fcntl.fcntl(write, fcntl.F_DUPFD, 10)
        os.close(write)
        variables = {"__OW_ACTION_NAME": "/guest/faas", "__OW_API_KEY": API_KEY}
        variables |= {"__OW_WAIT_FOR_ACK": "true"} if wait_for_ack else {}
        self.answers = open(read, "rb")
        self.answer_queue = queue.Queue()
        super().__init__(
            "-c", ON_DESCRIPTOR_3, "bash", high, program, *args,
            program="/bin/bash", env=variables | (env or {}), pass_fds=[high], secrets=(API_KEY,), **options,
        )  # fmt: skip
        os.close(high)
        self.answer_reader = threading.Thread(target=self._read_answers, daemon=True)
        self.answer_reader.start()

    def _read_answers(self):
        with contextlib.suppress(ValueError, OSError):
            for line in self.answers:
                self.answer_queue.put(line)
        self.answer_queue.put(None)

    def raw_answer(self):
        try:
            line = self.answer_queue.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"no answer within {PATIENCE} s; stderr: {self.stderr}") from None
        assert line is not None, f"no more answers, exit code {self.process.wait()}; stderr: {self.stderr}"
        assert line.endswith(b"\n")
        check_secrets(line.decode(), secrets=self.secrets)
        return line

    def answer(self):
        """The next answer: OpenWhisk takes JSON objects only."""
        answer = json.loads(self.raw_answer())
        assert isinstance(answer, dict), answer
        return answer

    def acknowledged(self):
        assert self.raw_answer() == b'{"ok":true}\n'

    def activate(self, value=None, **changes):
        self.send(envelope({} if value is None else value, **changes) + "\n")
        return self.answer()

    def report(self, value=None, **changes):
        """The whole report of a successful activation, which must have no member "error": OpenWhisk would take it for a
        failure."""
        answer = self.activate(value, **changes)
        assert "error" not in answer, answer
        return parse(json.dumps(answer | {"error": None}))

    def failure(self, value=None, **changes):
        """The error of a failed activation, which is all that OpenWhisk keeps."""
        answer = self.activate(value, **changes)
        assert set(answer) == {"error"}, answer
        return answer["error"]

    def wait_until_read(self):
        """Waits until the action has read everything that was sent."""

        def left():
            return struct.unpack("i", fcntl.ioctl(self.process.stdin, termios.FIONREAD, bytes(4)))[0]

        wait_until(lambda: left() == 0, lambda: "the action does not read")

    def end(self):
        """Its exit status, once it has ended by itself and stderr has been read."""
        exit_code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return exit_code

    def finish(self, *args, **options):
        result = super().finish(*args, **options)
        self.answer_reader.join(PATIENCE)
        left = list(iter(self.answer_queue.get, None))
        assert left == [], f"unexpected answers: {left}"
        assert result.stdout == "", "answers belong on descriptor 3"
        return result
