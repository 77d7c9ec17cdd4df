"""The accounts' own tests once more, through PgBouncer in both modes."""

import httpx
import pytest

from jobyard.postgres.pooler import Pooler
from tests.pooler.pgbouncer import PgBouncer
from tests.web import conftest as web
from tests.web.accounts import test_access, test_sessions, test_sign_in, test_sign_up
from tests.web.conftest import MakeClient

pytestmark = pytest.mark.slow

direct = web.make_client
client = web.client
database = web.database


@pytest.fixture
def make_client(direct: MakeClient, pgbouncer: PgBouncer, mode: Pooler) -> MakeClient:
    async def through(**changes: object) -> httpx.AsyncClient:
        return await direct(**({"database_url": pgbouncer.url, "database_pooler": str(mode)} | changes))

    return through


for module in (test_access, test_sessions, test_sign_in, test_sign_up):
    for name, test_or_fixture in vars(module).items():
        if name.startswith("test_") or (type(test_or_fixture) is type(direct) and name not in globals()):
            globals()[name] = test_or_fixture
