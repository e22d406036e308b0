"""A supervisor over two sleepers, each of which writes its process id to a file of its name. Run as a program."""

import os
import sys
import time
from pathlib import Path

from web.cli.supervisor import die_with_parent, supervise

if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    if len(names) == 1:
        die_with_parent()
        Path(folder, names[0]).write_text(str(os.getpid()))
        time.sleep(600)
    else:
        supervise({name: [sys.executable, __file__, folder, name] for name in names})
