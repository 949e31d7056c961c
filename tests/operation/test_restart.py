"""On one machine with systemd, the processes are exchanged while the socket at which they are asked stays."""

import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection

from tests.races.server import environment

AS_SYSTEMD_STARTS_IT = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "-W", "ignore", "-m", "gunicorn", "victory.wsgi"])
"""


def start(asked_at: socket.socket) -> subprocess.Popen:
    number = asked_at.fileno()
    command = [sys.executable, "-c", AS_SYSTEMD_STARTS_IT, str(number)]
    return subprocess.Popen(command, env=environment(), pass_fds=[number], stderr=subprocess.DEVNULL)


def ask(port: int) -> int:
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status
    finally:
        link.close()


def test_who_comes_while_processes_are_exchanged_waits_for_the_new_ones():
    """It takes as long as the program takes to start, twice."""
    answers = []
    with socket.create_server(("127.0.0.1", 0)) as asked_at:
        port = asked_at.getsockname()[1]
        old = start(asked_at)
        assert ask(port) == 200
        old.terminate()
        assert old.wait() == 0

        waiting = threading.Thread(target=lambda: answers.append(ask(port)))
        waiting.start()
        new = start(asked_at)
        waiting.join()
        new.terminate()
        new.wait()
    assert answers == [200]
