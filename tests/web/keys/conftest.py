"""The application, and what it remembers of who asks."""

import httpx
import pytest

from jobyard.account_wiring import AccountParts
from jobyard.web.authentication import Authenticator
from tests.web.conftest import MakeClient


@pytest.fixture
def parts() -> list[AccountParts]:
    return []


@pytest.fixture
async def client(make_client: MakeClient, parts: list[AccountParts]) -> httpx.AsyncClient:
    return await make_client(keep=parts)


@pytest.fixture
def authenticator(client: httpx.AsyncClient, parts: list[AccountParts]) -> Authenticator:
    """Of `client`: once it forgets, it is like that of a process which was never asked."""
    del client
    return parts[0].authenticator
