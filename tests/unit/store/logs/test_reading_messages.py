"""What is read of a message: its level, its pattern, its JSON."""

import orjson
import pytest

from nephoscope.store.logs.levels import level_of
from nephoscope.store.logs.parsed import DEEPEST, MOST_VALUES, fitted, parsed
from nephoscope.store.logs.patterns import LONGEST, pattern_of


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("2026-11-20 ERROR it failed", "error"),
        ("[warning] disk is full", "warn"),
        ("ts=1 level=info msg=ok", "info"),
        ('{"level":"ERROR"}', "error"),
        ('{"severity":"CRITICAL","msg":"x"}', "fatal"),
        ('{"level":50}', "error"),
        ('{"log.level":"Warn"}', "warn"),
        ('{"level":true,"msg":"an INFO"}', "info"),
        ("no error here, only a word", None),
        ("ERRORS and INFORMATION", None),
        ("Traceback (most recent call last):\n  File", "error"),
        ("2026 Task timed out after 3.00 seconds", "error"),
        ("x" * 600 + " ERROR", None),
        ("", None),
    ],
)
def test_the_level_is_found_by_the_rule(message, level):
    assert level_of(message, parsed(message)) == level


@pytest.mark.parametrize(
    ("message", "pattern"),
    [
        ("2026-11-20T10:00:00.123Z GET /items/77 in 12 ms", "# GET /items/# in # ms"),
        ("[deadbeef] from 10.0.0.1:443 by i-0c08512debca266ab", "[#] from # by #"),
        ("user 'bob' said \"hello\"", 'user "…" said "…"'),
        ('{"level":"info","msg":"order 7 paid"}', "order # paid"),
        ("first 1\nsecond 2", "first #"),
        ("Traceback (most recent call last):\n  File\nKeyError: 'a'", 'KeyError: "…"'),
        ("a \u2028 b", "a"),
        ("", ""),
    ],
)
def test_the_pattern_has_no_more_what_differs(message, pattern):
    assert pattern_of(message, parsed(message)) == pattern


def test_a_pattern_is_short():
    assert len(pattern_of("word " * 1000, None)) <= LONGEST


@pytest.mark.parametrize("message", ["[1]", '"a"', "{", '{"a":NaN}', '{"a":"\\ud800"}', "text {}"])
def test_what_is_no_json_object_is_text(message):
    assert parsed(message) is None


def nested(depth):
    return orjson.loads('{"a":' * depth + "1" + "}" * depth)


def test_what_fits_is_kept_as_it_is():
    whole = {"": 1, "a.b": [1, {"c": None}], "long": "x" * 1000}
    fit = fitted(whole)
    assert (fit.fields, fit.left_out) == (whole, set())
    assert fitted(nested(DEEPEST)).left_out == set()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (nested(DEEPEST + 1), f"objects deeper than {DEEPEST}"),
        ({"a\0b": 1}, "a key with a NUL"),
        ({"k" * 1001: 1}, "keys of more than 1000 characters"),
        ({str(n): n for n in range(MOST_VALUES + 1)}, f"more than {MOST_VALUES} values"),
        ({"a": "x" * 1025}, "from the search: values of more than 1024 characters"),
    ],
)
def test_what_does_not_fit_is_said(content, said):
    assert fitted(content).left_out == {said}
