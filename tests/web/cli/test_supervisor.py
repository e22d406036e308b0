import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.keeper import keep
from tests.support.waiting import until

PROGRAM = Path(__file__).parent / "supervised.py"


@dataclass
class Supervised:
    process: subprocess.Popen[bytes]
    folder: Path

    def pid(self, name: str) -> int:
        """Process id of a child; 0 before it has told."""
        path = self.folder / name
        return int(path.read_text() or 0) if path.exists() else 0


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    process = subprocess.Popen([sys.executable, PROGRAM, tmp_path, "one", "two"], stderr=subprocess.PIPE)
    keep(process, owner=os.getpid())
    running = Supervised(process, tmp_path)
    until(lambda: running.pid("one") and running.pid("two"))
    yield running
    for name in ("one", "two"):
        if psutil.pid_exists(running.pid(name)):
            os.kill(running.pid(name), signal.SIGKILL)
    process.kill()
    process.communicate()


def test_a_child_that_is_killed_is_started_again_and_the_other_left_alone(supervised):
    one, two = supervised.pid("one"), supervised.pid("two")
    os.kill(one, signal.SIGKILL)
    until(lambda: supervised.pid("one") not in (0, one))
    assert supervised.pid("two") == two
    assert psutil.pid_exists(two)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_takes_its_children_along(supervised, number):
    children = [supervised.pid("one"), supervised.pid("two")]
    supervised.process.send_signal(number)
    assert supervised.process.wait(20) == 0
    assert [psutil.pid_exists(child) for child in children] == [False, False]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone tells a child of its parent's death")
def test_killed_outright_it_still_leaves_no_child_behind(supervised):
    children = [supervised.pid("one"), supervised.pid("two")]
    supervised.process.kill()
    until(lambda: not any(psutil.pid_exists(child) for child in children))
