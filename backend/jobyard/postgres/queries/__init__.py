"""One statement a file. Each says what it does, what it locks and which index it uses.

`/* include NAME */` stands for the text of parts/NAME.sql: what several statements must say in the same words.
"""

import re
from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of `name`.sql. Raises FileNotFoundError for one that does not exist."""
    text = files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"/\* include (\w+) \*/", lambda part: query(f"parts/{part[1]}").rstrip(), text)
