"""faulty.py without a fault, with TCP keep-alive: the first probe after KEEP_ALIVE_S seconds, then one more a second later."""

import os
import runpy
import socket
import sys
from pathlib import Path

from pymongo import pool_shared

TIMES = {socket.TCP_KEEPIDLE: int(os.environ["KEEP_ALIVE_S"]), socket.TCP_KEEPINTVL: 1, socket.TCP_KEEPCNT: 2}


def set_times(connection):
    for option, value in TIMES.items():
        connection.setsockopt(socket.IPPROTO_TCP, option, value)


assert pool_shared._set_keepalive_times  # no URI option sets it
pool_shared._set_keepalive_times = set_times
sys.argv[1:] = ["none"]
runpy.run_path(str(Path(__file__).with_name("faulty.py")))
