"""`./just up`: the parts of Jobyard as programs of this machine, started, watched and stopped together.

Run as `python -m jobyard.up`, which imports nothing but the standard library and so is there at once.
"""

from jobyard.up.command import run

__all__ = ["run"]
