"""Ends a process, and removes its folder, once the process that wanted it is gone, however that went.

    python keeper.py PID-OF-OWNER PID-OF-WARD FOLDER
"""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil


def keep(ward: subprocess.Popen[bytes], *, owner: int, folder: Path) -> None:
    """Have `ward` ended and `folder` removed when the process `owner` ends."""
    command = [sys.executable, __file__, str(owner), str(ward.pid), str(folder)]
    subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)


def watch(owner: psutil.Process, ward: psutil.Process, folder: Path) -> None:
    while owner.is_running() and ward.is_running():
        time.sleep(0.2)
    family = [*ward.children(recursive=True), ward] if ward.is_running() else []
    for each in family:
        each.send_signal(signal.SIGINT)
    for survivor in psutil.wait_procs(family, timeout=20)[1]:
        survivor.kill()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(psutil.Process(int(sys.argv[1])), psutil.Process(int(sys.argv[2])), Path(sys.argv[3]))
