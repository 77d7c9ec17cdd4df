"""The answer to a submit is put together without reading the job: it must be what a read would have said."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.jobs_api.conftest import Api

LATER = datetime.now(timezone(timedelta(hours=2))) + timedelta(days=1)
REQUEST = {
    "kind": "http.request",
    "payload": {
        "url": "https://example.org/",
        "headers": {"Authorization": "Bearer secret", "Accept": "*/*"},
    },
}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"payload": {"value": {"b": [1, 2.5, None], "a": "é\u2028\U0001f600", "n": 12345678901234567890}}},
        {"priority": "high", "max_attempts": 7, "timeout_seconds": 1.5, "tags": ["b", "a", "b"]},
        {"delay_seconds": 60},
        {"run_at": LATER.isoformat()},
        {"run_at": "2020-01-02T03:04:05.678901+02:00"},
        {"unique_key": "one"},
        {"backoff": {"strategy": "fixed", "base_seconds": 1}},
        REQUEST,
        {"kind": "demo.fail", "payload": {"times": 1, "message": "x"}},
    ],
)
async def test_the_answer_is_what_a_read_says(api: Api, body: dict[str, Any]) -> None:
    answer = await api.submit(**body)
    del answer["warnings"]
    assert answer == await api.job(answer["id"])
    assert "secret" not in str(answer["payload"])
