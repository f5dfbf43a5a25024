"""openwhisk follows every rule, with a line for each event, and one bad line."""

import checker
import pytest
from checker import PROGRAM

pytestmark = [pytest.mark.abi, pytest.mark.timeout(300)]

EVENTS = "".join(
    '{"value":{"n":%d},"activation_id":"a%d","deadline":"4102444800000","namespace":"guest","api_key":"k"}\n' % (n, n)
    for n in range(4)
)


def check(tmp_path, *arguments, events=EVENTS, descriptor_3="/dev/null", env=None):
    file = tmp_path / "events"
    file.write_text(events)
    shell = ["-c", f'exec "$@" 3>{descriptor_3}', "bash", PROGRAM]
    return checker.check(*shell, "--stdin", file, *arguments, "openwhisk", program="bash", env=env)


@pytest.mark.parametrize("wait", ["", "true"])
def test_it_keeps_every_rule(tmp_path, wait):
    result = check(tmp_path, env={"__OW_WAIT_FOR_ACK": wait}).expect_kept()
    assert result.skipped <= {"caller_gone", "format_log", "log", "at_once", "errors"}


def test_lines_that_are_none(tmp_path):
    events = "nonsense\n" + EVENTS + '{"value":{},"deadline":"soon"}\n'
    result = check(tmp_path, "--option", "max_event_bytes=400", events=events).expect_kept()
    assert "errors" in result.rules["kept"]


def test_without_descriptor_3(tmp_path):
    check(tmp_path, descriptor_3="&-").expect_unchecked("did not open")
