"""One statement a file. Each says what it does, what it locks and which index it uses.

`/* include NAME */` stands for the text of parts/NAME.sql: what several statements must say in the same words. Where
everybody's things are read and not one owner's, parts/everyone/NAME.sql stands in for it, if there is one.
"""

import re
from functools import cache
from importlib.resources import files


@cache
def query(name: str, *, everyone: bool = False) -> str:
    """The text of `name`.sql. Raises FileNotFoundError for one that does not exist."""
    text = files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"/\* include (\w+) \*/", lambda found: _part(found[1], everyone=everyone), text)


def _part(name: str, *, everyone: bool) -> str:
    of_all = f"parts/everyone/{name}"
    stands_in = everyone and files(__name__).joinpath(f"{of_all}.sql").is_file()
    return query(of_all if stands_in else f"parts/{name}", everyone=everyone).rstrip()
