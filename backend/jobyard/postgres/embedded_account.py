"""As whom PostgreSQL runs: it refuses root. A user runs it as himself; root runs it as `nobody`, or, where `nobody`
cannot reach the program or the data (a 0700 home above them), in a user namespace in which root is called `nobody`.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """`uid`, `gid`, `groups` are subprocess's `user`, `group`, `extra_groups`; `prefix` goes before the command."""

    uid: int | None = None
    gid: int | None = None
    groups: list[int] | None = None
    prefix: tuple[str, ...] = ()


def account_for(cluster: Path, *, program: str) -> Account:
    """Who runs the server of this cluster. One that exists stays with its owner."""
    if os.geteuid() != 0:
        return Account()
    owner = cluster.stat() if cluster.exists() else None
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, [])
    demoted = Account(NOBODY, NOBODY, [])
    if owner is None and _reaches(demoted, cluster.parent, program):
        return demoted
    unshare = shutil.which("unshare") or "unshare"
    return Account(prefix=(unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"))


def _reaches(account: Account, folder: Path, program: str) -> bool:
    """Whether the account can run the program, and would come to `folder` were it not private itself."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1" && exec "$2" --version', "sh", str(folder.parent), program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
        timeout=30,
        check=False,
    )
    return done.returncode == 0
