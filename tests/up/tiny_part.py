"""A part as small as one can be: notes when it starts, when it is asked to stop, and ends when it is told to.

Called as `tiny_part.py FOLDER NAME [stubborn|lingers|waits|broken]`: a stubborn one ignores the signal and has a child
that does too, one that lingers ends at the second signal, one that waits ends when one that lingers has had its first,
a broken one ends at once.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path


def main() -> None:
    folder, name, manner = Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "polite"

    def note(event: str) -> None:
        with (folder / "events").open("a", encoding="utf-8") as file:
            file.write(f"{event} {name}\n")

    if manner == "broken":
        sys.stderr.write("the reason is in this line\n")
        sys.exit(3)
    signals = (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    note("start")
    if manner == "stubborn":
        child = subprocess.Popen([sys.executable, __file__, str(folder), f"{name}-child", "stubborn-child"])
        (folder / f"{name}-child.pid").write_text(str(child.pid), encoding="ascii")
    (folder / f"{name}.new").write_text(str(os.getpid()), encoding="ascii")
    (folder / f"{name}.new").rename(folder / f"{name}.pid")
    while True:
        signal.sigwait(signals)
        note("asked")
        if manner == "lingers":
            manner = "polite"
            pipe = (folder / "lingering").open("r+b", buffering=0)  # open until the end: else nothing stays in it
            pipe.write(b".")
        elif manner in ("polite", "waits"):
            if manner == "waits":
                (folder / "lingering").open("rb", buffering=0).read(1)
            note("end")
            return


if __name__ == "__main__":
    main()
