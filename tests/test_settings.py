"""The environment: what is missing or wrong is named, and no weak secret is taken."""

import ipaddress

import pytest

from jobyard.domain.limits import BOUNDS, Limits
from jobyard.settings import Settings, SettingsError

GOOD = {
    "JOBYARD_DATABASE_URL": "postgresql://jobyard:pw@127.0.0.1:5432/jobyard",
    "JOBYARD_SECRET": "v7Qd0sXv3mJr2kPz9WcYb5TnLh8GfAeR",
    "JOBYARD_PUBLIC_URL": "https://jobs.example.org",
}


def read(**changes: str) -> Settings:
    return Settings.read(GOOD | changes)


def test_production_is_the_default_and_shuts_what_should_be_shut() -> None:
    settings = read()
    assert settings.production
    assert (settings.signup, settings.demo_kinds, settings.outbound_allow) == ("closed", False, ())
    assert settings.is_https
    development = read(JOBYARD_ENV="development")
    assert (development.signup, development.demo_kinds) == ("open", True)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        read(**{name: ""})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("JOBYARD_SECRET", "short", "32 bytes or more"),
        ("JOBYARD_SECRET", "a" * 40, "can be guessed"),
        ("JOBYARD_SECRET", "changeme-changeme-changeme-1234567890", "can be guessed"),
        ("JOBYARD_ENV", "staging", "production or development, not 'staging'"),
        ("JOBYARD_DATABASE_URL", "mysql://x", "must begin with postgresql://"),
        ("JOBYARD_DATABASE_URL", "postgresql://localhost:99999/x", "a port from 1 to 65535 after the colon"),
        ("JOBYARD_DATABASE_URL", "postgresql://one:5432,two:http/x", "a port from 1 to 65535 after the colon"),
        ("JOBYARD_PUBLIC_URL", "jobs.example.org", "not 'jobs.example.org'"),
        ("JOBYARD_PUBLIC_URL", "http://jobs.example.org", "plain http is allowed on localhost alone"),
        ("JOBYARD_PUBLIC_URL", "https://jobs.example.org/app", "must be like"),
        ("JOBYARD_API_PORT", "0", "from 1 to 65535, not '0'"),
        ("JOBYARD_API_PORT", "x", "not 'x'"),
        ("JOBYARD_WORKER_SLOTS", "-1", "from 1 to 1000"),
        ("JOBYARD_EMBEDDED_WORKER", "maybe", "true or false, not 'maybe'"),
        ("JOBYARD_OUTBOUND_ALLOW", "10.0.0.1/8", "CIDRs such as 10.0.0.0/8, not '10.0.0.1/8'"),
        ("JOBYARD_KIND_AUDIENCES", "http.request", "a list such as .*, not 'http.request'"),
        ("JOBYARD_KIND_AUDIENCES", "=off", "a list such as .*, not '=off'"),
        ("JOBYARD_KIND_AUDIENCES", "demo.fail=off,http.request=friends", "'http.request' must be .* not 'friends'"),
        ("JOBYARD_KIND_AUDIENCES", "demo.fail=", "must be everyone, verified, admins or off, not ''"),
        ("JOBYARD_KIND_AUDIENCES", "demo.fail=off,demo.fail=admins", "names 'demo.fail' twice"),
        ("JOBYARD_SIGNUP", "sometimes", "not 'sometimes'"),
        ("JOBYARD_SIGNUP", "domain:", "not 'domain:'"),
        ("JOBYARD_PREVIOUS_SECRETS", "short", "secret 1 of 1 must have 32 bytes or more"),
        ("JOBYARD_SIGNUPS_PER_ADDRESS", "0", "from 1 to 1000"),
        ("JOBYARD_SMTP_URL", "http://mail", "like smtp://"),
        ("JOBYARD_SMTP_URL", "smtp://", "like smtp://"),
        ("JOBYARD_SMTP_URL", "smtp://mail:port", "like smtp://"),
        ("JOBYARD_SMTP_URL", "smtp://mail/folder", "like smtp://"),
        ("JOBYARD_SMTP_URL", "smtp://mail?tls=no", r"\?starttls=off"),
        ("JOBYARD_SMTP_URL", "smtp://u:p@mail.example.org?starttls=off", "would cross the network bare"),
        ("JOBYARD_SMTP_URL", "smtp://mail", "JOBYARD_MAIL_FROM is not set"),
        ("JOBYARD_MAIL_FROM", "nobody", "not 'nobody'"),
        ("JOBYARD_MAIL_FROM", "a@example.org, b@example.org", "must be like"),
    ],
)
def test_what_is_wrong_is_named_with_rule_and_value(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        read(**{name: value})
    assert name in str(raised.value)


def test_no_message_tells_a_secret() -> None:
    with pytest.raises(SettingsError) as raised:
        read(JOBYARD_SECRET="hunter2hunter2hunter2")
    assert "hunter2" not in str(raised.value)


def test_a_slash_in_the_databases_password_is_told_without_the_password() -> None:
    with pytest.raises(SettingsError, match="written %2F") as raised:
        read(JOBYARD_DATABASE_URL="postgresql://jobyard:hun/ter2@localhost/jobyard")
    assert "hun" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://jobyard:hunter2@[::1]:5432/jobyard", "[::1]:5432/jobyard"),
        ("postgres://one:5432,two/jobyard?password=hunter2", "one:5432,two/jobyard"),
        ("postgresql:///jobyard?host=/run/postgresql", "jobyard"),
    ],
)
def test_where_the_database_is_can_be_shown(url: str, place: str) -> None:
    assert read(JOBYARD_DATABASE_URL=url).database_place == place


def test_plain_http_on_localhost_is_fine() -> None:
    settings = read(JOBYARD_PUBLIC_URL="http://localhost:8080/")
    assert (settings.origin, settings.is_https) == ("http://localhost:8080", False)


def test_a_secret_can_come_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("secret") / "secret"
    path.write_text(GOOD["JOBYARD_SECRET"] + "\n")
    assert read(JOBYARD_SECRET="", JOBYARD_SECRET_FILE=str(path)).secret == GOOD["JOBYARD_SECRET"]
    with pytest.raises(SettingsError, match=r"JOBYARD_SECRET_FILE .*gone.* cannot be read"):
        read(JOBYARD_SECRET="", JOBYARD_SECRET_FILE=str(path.with_name("gone")))


def test_a_file_has_the_secret_that_signs_first_and_those_before_it_after(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    old = "q8Ws0dXc3nKr2lQz9VbYa5UmJg7HfEtR"
    path = tmp_path_factory.mktemp("secret") / "secret"
    path.write_text(f"{GOOD['JOBYARD_SECRET']}\n{old}\n\n")
    settings = read(JOBYARD_SECRET="", JOBYARD_SECRET_FILE=str(path))
    assert settings.all_secrets == (GOOD["JOBYARD_SECRET"], old)
    by_variable = read(JOBYARD_PREVIOUS_SECRETS=f"{old}, ")
    assert by_variable.all_secrets == (GOOD["JOBYARD_SECRET"], old)


def test_no_message_tells_a_password_of_mail_or_a_previous_secret() -> None:
    for change in (
        {"JOBYARD_PREVIOUS_SECRETS": "hunter2hunter2"},
        {"JOBYARD_SMTP_URL": "smtp://jobs:hunter2/x@mail"},
        {"JOBYARD_SMTP_URL": "smtp://jobs:hunter2@mail?x=y"},
        {"JOBYARD_SMTP_URL": "smtp://jobs:hunter2@mail"},
    ):
        with pytest.raises(SettingsError) as raised:
            read(**change)
        assert "hunter2" not in str(raised.value)


def test_mail() -> None:
    given = {"JOBYARD_SMTP_URL": "smtps://jobs:p%40ss@mail.example.org", "JOBYARD_MAIL_FROM": "Jobs <jobs@example.org>"}
    settings = read(**given)
    assert (settings.smtp_url, settings.mail_from) == tuple(given.values())
    assert (read().smtp_url, read().mail_from) == ("", "")


def test_lists_are_split() -> None:
    settings = read(
        JOBYARD_OUTBOUND_ALLOW="10.0.0.0/8, ::1/128", JOBYARD_ALLOWED_ORIGINS="https://a.example, https://b.example"
    )
    assert settings.outbound_allow == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_every_limit_with_bounds_can_be_set_to_them_and_no_further(name: str) -> None:
    variable = f"JOBYARD_LIMIT_{name.upper()}"
    for value in BOUNDS[name]:
        limits = read(**{variable: f" {value} "}).limits
        assert getattr(limits, name) == value
        assert type(getattr(limits, name)) is type(getattr(Limits(), name))
        others = {other for other in BOUNDS if getattr(limits, other) != getattr(Limits(), other)}
        assert others <= {name}
    least, most = BOUNDS[name]
    for wrong in (least - 1, most + 1, "1.5", "many"):
        with pytest.raises(SettingsError, match=f"^{variable} must be a whole number from {least} to {most}, not "):
            read(**{variable: str(wrong)})


def test_limits_that_are_not_set_are_the_products() -> None:
    assert read().limits == Limits()
    assert read(JOBYARD_LIMIT_TAGS="").limits == Limits()


@pytest.mark.parametrize("variable", ["JOBYARD_LIMIT_TAG", "JOBYARD_LIMIT_PAGE_LIMIT", "JOBYARD_LIMIT_tags"])
def test_a_limit_that_cannot_be_set_is_named(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} is no limit; there are .*JOBYARD_LIMIT_TAGS"):
        read(**{variable: "3"})
