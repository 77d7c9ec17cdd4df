"""A worker whose registry also has handlers that misbehave: `python -m tests.faults.rogue`, and with `serve` an API.

Its CPU-bound handlers' processes import this file again: so it imports the server only where it is the program itself.
"""

import multiprocessing
import os
import signal
import sys
from typing import Any

PATIENT_SECONDS = 150


def main() -> None:
    from jobyard import serving, wiring  # noqa: PLC0415 - see above
    from jobyard.settings import Settings  # noqa: PLC0415 - as in main

    if sys.argv[1:2] == ["serve"]:
        serving.TARGET = f"tests.faults.rogue:{'_'.join(['application', *sys.argv[2:]])}"
        if "patient" in sys.argv:
            serving.KILL_MARGIN_SECONDS, serving.PARENT_MARGIN_SECONDS = PATIENT_SECONDS + 10, PATIENT_SECONDS + 20
        serving.serve(Settings.read())
        return
    add_handlers()
    wiring.run_worker()


def application() -> Any:
    """What the API's child serves."""
    from jobyard import serving  # noqa: PLC0415 - as in main

    def build(before_stop: Any) -> Any:
        from jobyard import wiring  # noqa: PLC0415 - as in main

        add_handlers()
        return wiring.app(before_stop)

    return serving.in_child(build)


def application_patient() -> Any:
    """It has so long to end that a slow machine is told from one that hangs."""
    from jobyard import serving  # noqa: PLC0415 - as in main

    serving.END_SECONDS = PATIENT_SECONDS
    return application()


def application_patient_early() -> Any:
    """It is told to stop when its event loop has run once, for the start, and does not run again yet."""
    from granian.server import mp as granian_mp  # noqa: PLC0415 - as in main

    mp: Any = granian_mp
    build = mp.ASGIWorker

    def build_worker(*arguments: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return build(*arguments)

    mp.ASGIWorker = build_worker
    return application_patient()


def application_orphan() -> Any:
    """It starts when its parent is gone."""
    sys.stderr.write('{"event": "a child waits for the end of its parent"}\n')
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    return application()


def add_handlers() -> None:
    from jobyard import kinds  # noqa: PLC0415 - as in main
    from jobyard.handlers.registry import Registry  # noqa: PLC0415 - as in main
    from tests.faults import rogue_handlers  # noqa: PLC0415 - as in main

    build = kinds.build_registry

    def build_registry(**options: Any) -> Registry:
        registry = build(**options)
        rogue_handlers.register(registry)
        return registry

    kinds.build_registry = build_registry


if __name__ == "__main__":
    main()
