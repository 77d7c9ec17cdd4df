import pytest

from benchmarks.options import MEASURES, OptionError, parse, parse_settings
from benchmarks.systems import PEERS


def test_without_options_everything_is_measured_in_nine_rounds() -> None:
    options = parse([])
    assert (options.rounds, options.measures, options.peers) == (9, MEASURES, tuple(PEERS))
    assert options.is_whole


@pytest.mark.parametrize(
    "arguments",
    [
        ["--quick"],
        ["--rounds", "3"],
        ["--only", "drain"],
        ["--peers", "saq"],
        ["--set", "awa.jobs=5"],
        ["--scale", "2"],
    ],
)
def test_a_run_of_less_or_otherwise_is_not_the_one_whose_figures_count(arguments: list[str]) -> None:
    assert not parse(arguments).is_whole


def test_a_run_of_less_that_keeps_the_rest_of_an_earlier_one_counts() -> None:
    assert parse(["--only", "pickup", "--keep", "x.json"]).is_whole
    assert not parse(["--only", "pickup", "--keep", "x.json", "--rounds", "2"]).is_whole
    with pytest.raises(OptionError, match="--keep needs --only"):
        parse(["--keep", "x.json"])


def test_measures_come_in_the_order_of_a_round_and_submit_stands_for_both_sorts() -> None:
    assert parse(["--only", "pinned, drain,submit"]).measures == ("single", "bulk", "drain", "pinned")


def test_peers_may_be_none_and_are_measured_in_one_order() -> None:
    assert parse(["--peers", "none"]).peers == ()
    assert parse(["--peers", "saq,pgqueuer"]).peers == ("pgqueuer", "saq")


def test_quick_is_one_round_of_little_but_what_is_said_holds() -> None:
    options = parse(["--quick", "--rounds", "2", "--seconds", "4", "--history", "500"])
    assert (options.rounds, options.sizes.pinned_seconds, options.sizes.history_rows) == (2, 4, 500)
    assert options.sizes.scale < 0.1


def test_settings_replace_a_systems_own() -> None:
    options = parse(["--set", "awa.concurrency=20", "--set", "awa.jobs=300", "--set", "jobyard.jobs=7"])
    assert options.setting("awa", "concurrency", 1) == 20
    assert options.setting("awa", "jobs", 1) == 300
    assert options.setting("jobyard", "jobs", 1) == 7
    assert options.setting("saq", "concurrency", 1) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("awa.concurrency", "must be like awa.concurrency=200"),
        ("awa=3", "must be like awa.concurrency=200"),
        ("celery.concurrency=3", "no peer 'celery'"),
        ("awa.speed=3", "no setting 'speed'"),
        ("jobyard.concurrency=3", "jobyard has no setting 'concurrency'"),
        ("awa.jobs=many", "from 1 to 1e+07, not 'many'"),
        ("awa.jobs=0", "not '0'"),
    ],
)
def test_a_wrong_setting_is_named(text: str, said: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_settings([text])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "speed"], "not 'speed'"),
        (["--only", ","], "must not be empty"),
        (["--peers", "pgqueuer,celery"], "not 'celery'"),
        (["--rounds", "0"], "--rounds must be a number from 1 to 99, not '0'"),
        (["--rounds", "nan"], "not 'nan'"),
        (["--seconds", "1"], "--seconds must be"),
    ],
)
def test_a_wrong_option_is_named(arguments: list[str], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse(arguments)
    assert said in str(caught.value)
