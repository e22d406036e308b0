"""Ends a process, and removes its folders, once the process that wanted it is gone, however that went.

python keeper.py PID-OF-OWNER PID-OF-WARD FOLDER…
"""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil


def keep(ward: subprocess.Popen[bytes], *, owner: int, folders: tuple[Path, ...] = ()) -> None:
    """Have `ward` ended and `folders` removed when the process `owner` ends."""
    command = [sys.executable, __file__, str(owner), str(ward.pid), *folders]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen(command, start_new_session=True, **quiet)


def watch(owner: psutil.Process, ward: psutil.Process, folders: list[str]) -> None:
    while owner.is_running() and ward.is_running():
        time.sleep(0.2)
    if ward.is_running():
        family = [ward, *ward.children(recursive=True)]
        ward.send_signal(signal.SIGINT)
        for survivor in psutil.wait_procs(family, timeout=10)[1]:
            survivor.kill()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(psutil.Process(int(sys.argv[1])), psutil.Process(int(sys.argv[2])), sys.argv[3:])
