"""One statement a file. Each says what it does, what it locks and which index it uses."""

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of `name`.sql. Raises FileNotFoundError for one that does not exist."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
