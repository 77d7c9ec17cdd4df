import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.errors import Invalid
from jobyard.handlers.catalog import build_registry
from jobyard.handlers.targets import Request, header_problem, parse_url, redirected


def request_to(url: str, method: str = "POST", **headers: str) -> Request:
    return Request(method, httpx.URL(url), {name.replace("_", "-"): value for name, value in headers.items()}, b"body")


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("ftp://example.org/", "http"),
        ("file:///etc/passwd", "http"),
        ("gopher://127.0.0.1:6379/_x", "http"),
        ("//example.org/", "http"),
        ("example.org", "http"),
        ("", "http"),
        (" http://example.org", "http"),
        ("http:example.org", "host name"),
        ("http:///path", "host name"),
        ("http://a..b/", "host name"),
        ("http://.a/", "host name"),
        ("http://a b/", "host name"),
        ("http://%31%32%37.0.0.1/", "host name"),
        ("http://[fe80::1%25eth0]/", "host name"),
        ("http://[fe80::1%eth0]/", "host name"),
        ("http://" + "a" * 64 + "/", "host name"),
        ("http://" + "a." * 130 + "a/", "host name"),
        ("http://user:secret@example.org/", "user name"),
        ("http://example.org@127.0.0.1/", "user name"),
        ("http://example.org\\@127.0.0.1/", "user name"),
        ("http://example.org:0/", "port"),
        ("http://example.org:65536/", "port"),
        ("http://example.org:x/", "URL"),
        ("http://0177.0.0.1/", "URL"),
        ("http://256.1.1.1/", "URL"),
        ("http://①②⑦.⓪.⓪.①/", "URL"),
        ("http://[::1/", "URL"),
        ("http://example.org/\r\nX-A: b", "URL"),
        ("http://example.org/\x00", "URL"),
        ("http://example.org/" + "a" * 8_000, "8000"),
    ],
)
def test_a_bad_url_is_refused_at_submit_and_named(url: str, rule: str) -> None:
    kind = build_registry().get("http.request")
    assert kind is not None
    with pytest.raises(Invalid) as caught:
        kind.check_payload({"url": url})
    assert [error.pointer for error in caught.value.errors] == ["/payload/url"]
    assert rule in caught.value.errors[0].message


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("HTTP://EXAMPLE.org:80/a?b=c#d", "example.org"),
        ("https://exämple.org/", "xn--exmple-cua.org"),
        ("http://[2606:4700::1111]:8080/", "2606:4700::1111"),
        ("http://under_score.internal./", "under_score.internal."),
        ("http://127。0。0。1/", "127.0.0.1"),  # full-width dots: an address like another, for the address check
    ],
)
def test_a_good_url_is_taken_in_its_plain_form(url: str, host: str) -> None:
    assert parse_url(url).raw_host.decode() == host


@given(st.text() | st.text(alphabet="htps:/[]@%.?#0123456789abx\\ ").map("http://".__add__))
def test_any_text_is_a_url_of_one_meaning_or_refused(text: str) -> None:
    try:
        url = parse_url(text)
    except ValueError:
        return
    again = parse_url(str(url))
    assert (again.scheme, again.raw_host, again.port) == (url.scheme, url.raw_host, url.port)
    assert not set(url.raw_host + url.raw_path) & set(b"\r\n\x00 ")


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "HOST",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "HTTP2-Settings",
        "Proxy-Authorization",
        "Proxy-Connection",
    ],
)
def test_headers_of_the_connection_cannot_be_set(name: str) -> None:
    kind = build_registry().get("http.request")
    assert kind is not None
    with pytest.raises(Invalid) as caught:
        kind.check_payload({"url": "http://example.org/", "headers": {"Accept": "*/*", name: "x"}})
    assert [error.pointer for error in caught.value.errors] == [f"/payload/headers/{name}"]
    assert "can't be set" in caught.value.errors[0].message


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "é", "a" * 129])
def test_a_bad_header_name_is_refused(name: str) -> None:
    assert "header name" in (header_problem(name, "x") or "")


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "a\rb", "\x00", " a", "a ", "é", "\x7f", "\n"])
def test_a_bad_header_value_is_refused(value: str) -> None:
    assert "printable" in (header_problem("X-A", value) or "")


@pytest.mark.parametrize("value", ["", "a", "a b\tc", "Bearer abc==", "~"])
def test_a_good_header_value_is_taken(value: str) -> None:
    assert header_problem("X-A", value) is None


@pytest.mark.parametrize("method", ["get", "BREW"])
def test_a_method_that_there_is_not_is_told_with_those_that_there_are(method: str) -> None:
    kind = build_registry().get("http.request")
    assert kind is not None
    with pytest.raises(Invalid) as caught:
        kind.check_payload({"url": "http://example.org/", "method": method})
    (error,) = caught.value.errors
    assert error.pointer == "/payload/method"
    assert error.message == f"must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, not '{method}'"


@pytest.mark.parametrize(
    ("headers", "pointer"),
    [
        ({"X-A": "1", "x-a": "2"}, "/payload/headers/x-a"),
        ({"a/b~c": "1"}, "/payload/headers/a~1b~0c"),
        ({"X-A": 1}, "/payload/headers"),
        ({f"X-{number}": "1" for number in range(51)}, "/payload/headers"),
        ({"X-A": "a" * 8_193}, "/payload/headers/X-A"),
    ],
)
def test_a_bad_header_is_named_by_a_pointer(headers: dict[str, object], pointer: str) -> None:
    kind = build_registry().get("http.request")
    assert kind is not None
    with pytest.raises(Invalid) as caught:
        kind.check_payload({"url": "http://example.org/", "headers": headers})
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("method", "status", "then", "body"),
    [
        ("POST", 301, "GET", b""),
        ("POST", 302, "GET", b""),
        ("POST", 303, "GET", b""),
        ("POST", 307, "POST", b"body"),
        ("POST", 308, "POST", b"body"),
        ("PUT", 301, "PUT", b"body"),
        ("PUT", 303, "GET", b""),
        ("HEAD", 303, "HEAD", b"body"),
    ],
)
def test_a_redirect_keeps_or_changes_the_method_as_browsers_do(
    method: str, status: int, then: str, body: bytes
) -> None:
    request = request_to("http://a.org/x/y", method, Content_Type="text/plain", Accept="a/b")
    following = redirected(request, status, "../z?q=1")
    assert (following.method, following.body) == (then, body)
    assert str(following.url) == "http://a.org/z?q=1"
    assert ("Content-Type" in following.headers) == (then == method)
    assert following.headers["Accept"] == "a/b"


@pytest.mark.parametrize("to", ["https://a.org/", "http://b.org/", "http://a.org:81/", "//b.org/"])
def test_secrets_do_not_follow_to_another_site(to: str) -> None:
    secrets = {"Authorization": "x", "Cookie": "x", "X_Api_Key": "x", "X_Auth_Token": "x", "X_Hub_Signature": "x"}
    assert redirected(request_to("http://a.org/", **secrets, Accept="y"), 307, to).headers == {"Accept": "y"}
    assert len(redirected(request_to("http://a.org/", **secrets), 307, "http://a.org:80/b").headers) == len(secrets)


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "gopher://x/", "http://user@x/", "http://[", "http://a..b/", "javascript:x"]
)
def test_a_redirect_is_held_to_the_rules_of_the_first_url(to: str) -> None:
    with pytest.raises(ValueError, match="must"):
        redirected(request_to("http://a.org/"), 302, to)
