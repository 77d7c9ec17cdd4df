"""A worker process whose registry also has handlers that misbehave: `python -m tests.faults.rogue`.

Its CPU-bound handlers' processes import this file again: so it imports the server only where it is the program itself.
"""

from typing import Any


def main() -> None:
    from jobyard import wiring  # noqa: PLC0415 - see above
    from jobyard.handlers.registry import Registry  # noqa: PLC0415
    from tests.faults import rogue_handlers  # noqa: PLC0415

    build = wiring.build_registry

    def build_registry(**options: Any) -> Registry:
        registry = build(**options)
        rogue_handlers.register(registry)
        return registry

    wiring.build_registry = build_registry
    wiring.run_worker()


if __name__ == "__main__":
    main()
