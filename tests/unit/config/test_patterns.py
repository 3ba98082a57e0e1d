"""In a pattern `*` and `?` alone are special."""

import pytest

from nephoscope.config.patterns import is_pattern, matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "", True),
        ("*", "a\nb", True),
        ("CPU*", "CPUUtilization", True),
        ("CPU*", "cpuUtilization", False),
        ("CPU*", "myCPU", False),
        ("*_Count", "HTTP_Fixed_Response_Count", True),
        ("HTTPCode_*_?XX_*", "HTTPCode_Target_5XX_Count", True),
        ("HTTPCode_?XX", "HTTPCode_XX", False),
        ("a[bc]", "ab", False),
        ("a[bc]*", "a[bc]d", True),
        ("a.b", "a+b", False),
        ("(", "(", True),
    ],
)
def test_a_pattern_fits_whole_names(pattern, name, expected):
    assert matches(pattern, name) is expected


@pytest.mark.parametrize(("text", "expected"), [("a*", True), ("a?", True), ("a[b]", False)])
def test_brackets_make_no_pattern(text, expected):
    assert is_pattern(text) is expected
