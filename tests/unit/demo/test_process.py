import os
import signal
import subprocess
import sys
import time

import pytest

from nephoscope.demo.process import Service, ServiceError

READY = """
import sys, time
from pathlib import Path
from nephoscope.demo.process import announce, die_with_parent
die_with_parent(grace=0.5)
announce(Path(sys.argv[1]), "http://127.0.0.1:1")
time.sleep(60)
"""

PARENT = """
import sys, time
from pathlib import Path
from nephoscope.demo.process import Service
folder = Path(sys.argv[1])
service = Service.start(
    [sys.executable, "-c", sys.argv[2], str(folder / "ready")], folder / "ready", folder / "log"
)
(folder / "pid").write_text(str(service.pid))
print("started", flush=True)
time.sleep(60)
"""


def start(script: str, folder, timeout: float = 30.0) -> Service:
    ready = folder / "ready"
    return Service.start([sys.executable, "-c", script, str(ready)], ready, folder / "log", timeout)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_ready_service_has_its_url(tmp_path) -> None:
    with start(READY, tmp_path) as service:
        assert service.url == "http://127.0.0.1:1"
        assert service.running


def test_a_stopped_service_has_ended(tmp_path) -> None:
    service = start(READY, tmp_path)
    assert service.stop() == -signal.SIGTERM
    assert not service.running


def test_an_old_ready_file_does_not_count(tmp_path) -> None:
    (tmp_path / "ready").write_text("http://127.0.0.1:2")
    with start(READY, tmp_path) as service:
        assert service.url == "http://127.0.0.1:1"


def test_a_service_deaf_to_sigterm_is_killed(tmp_path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY
    service = start(deaf, tmp_path)
    assert service.stop(grace=0.2) == -signal.SIGKILL


def test_a_child_that_ends_early_is_reported_with_its_log(tmp_path) -> None:
    with pytest.raises(ServiceError, match=r"(?s)ended with code 1.*no such port"):
        start("raise SystemExit('no such port')", tmp_path)


def test_a_child_that_is_never_ready_is_reported_and_killed(tmp_path) -> None:
    mute = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
    with pytest.raises(ServiceError, match=r"not ready in 1 s: it wrote nothing"):
        start(mute + "time.sleep(60)", tmp_path, timeout=1)
    assert not alive(int((tmp_path / "pid").read_text()))


def test_a_service_ends_when_its_parent_is_killed(tmp_path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), READY]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        pid = int((tmp_path / "pid").read_text())
        parent.kill()
    deadline = time.monotonic() + 30
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(pid)
