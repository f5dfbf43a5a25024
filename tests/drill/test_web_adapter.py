"""A drill of faas-harness as a web server behind AWS's Lambda Web Adapter: both are frozen between its requests."""

import shlex
import shutil

import pytest
from faas_drill import needs_a_pool_that_behaves, script_function
from harness import PROGRAM
from secantus import free_port
from web_adapter import ADAPTER, NOT_BUILT

pytestmark = [pytest.mark.phases, pytest.mark.skipif(ADAPTER is None, reason=NOT_BUILT)]


def test_web_server(hold, tmp_path):
    needs_a_pool_that_behaves()
    harness = f"exec {shlex.quote(str(PROGRAM))} --provider http"
    root = script_function(tmp_path, f'export AWS_LWA_PORT={free_port()}\n"$LAMBDA_TASK_ROOT/adapter" &\n{harness}')
    shutil.copy(ADAPTER, root / "adapter")
    words = ["--env", "AWS_LWA_ERROR_STATUS_CODES=400-599", root]
    held = hold("cold,warm,frozen,outage", lambda _: words, freeze=0.5)
    assert held.status == 0 and not held.failed, held.log
    for name in ("report_agrees", "record_matches", "no_cpu_while_frozen", "protocol_kept", "handshake"):
        assert held.check(name)["verdict"] == "pass", held.log
