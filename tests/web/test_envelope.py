"""What every answer has around it, whatever answers."""

from typing import Any

import httpx
import structlog
from prometheus_client import REGISTRY

ANN = {"email": "ann@example.org", "password": "rather long and odd"}


async def answers(client: httpx.AsyncClient, **headers: str) -> list[httpx.Response]:
    """A good answer, and errors from each layer: no route, no method, no token, a wrong body."""
    return [
        await client.get("/healthz", headers=headers),
        await client.get("/nothing", headers=headers),
        await client.put("/healthz", headers=headers),
        await client.get("/me", headers=headers),
        await client.post("/login", content=b"{", headers=headers),
        await client.get("/docs", headers=headers),
    ]


async def test_headers(client: httpx.AsyncClient) -> None:
    for answer in await answers(client, Origin="https://evil.example"):
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "strict-transport-security" not in headers
        assert not [name for name in headers if name.startswith("access-control")]


async def test_https_is_remembered(make_client: Any) -> None:
    client = await make_client(public_url="https://jobs.example.org")
    for answer in await answers(client):
        assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_a_sane_request_id_is_kept(client: httpx.AsyncClient) -> None:
    for answer in await answers(client, **{"X-Request-Id": "abc-123_4.5"}):
        assert answer.headers.get_list("x-request-id") == ["abc-123_4.5"]


async def test_another_request_id_is_replaced(client: httpx.AsyncClient) -> None:
    for given in ("", "a b", "x" * 65, "<script>", '"', "a,b"):
        (made,) = (await client.get("/healthz", headers={"X-Request-Id": given})).headers.get_list("x-request-id")
        assert made != given
        assert len(made) == 32


async def test_the_access_line(client: httpx.AsyncClient) -> None:
    await client.post("/signup", json=ANN)
    token = (await client.post("/login", json=ANN)).json()["access_token"]
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        me = await client.get("/me", headers={"Authorization": f"Bearer {token}", "X-Request-Id": "abc"})
        await client.get("/nothing/secret-path?token=secret-query")
        await client.post("/login", json=ANN | {"password": "secret-password"})
    found = [line for line in lines if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in found] == [
        ("GET", "/me", 200),
        ("GET", "(none)", 404),
        ("POST", "/login", 401),
    ]
    assert found[0]["user_id"] == me.json()["id"]
    assert found[0]["request_id"] == "abc"
    for secret in (token, "secret", ANN["email"]):
        assert secret not in str(lines)


async def test_probes_make_no_noise(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.get("/healthz")
        await client.get("/readyz")
    assert lines == []


async def test_the_metrics_know_templates_alone(client: httpx.AsyncClient) -> None:
    def count(route: str, status: str) -> float:
        labels = {"method": "GET", "route": route, "status": status}
        return REGISTRY.get_sample_value("jobyard_http_requests_total", labels) or 0.0

    before = count("/jobs/{job_id}", "401"), count("(none)", "404")
    await client.get("/jobs/0190d4b4-0000-7000-8000-000000000000")
    await client.get("/nothing/0190d4b4")
    after = count("/jobs/{job_id}", "401"), count("(none)", "404")
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            assert "0190d4b4" not in str(sample.labels)


async def test_no_metrics_on_this_port(client: httpx.AsyncClient) -> None:
    for path in ("/metrics", "/metrics/", "/%6detrics"):
        assert (await client.get(path)).status_code == 404
