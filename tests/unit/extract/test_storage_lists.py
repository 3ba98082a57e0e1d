"""Sums of listed keys, whatever these are called, however pages are cut."""

import pytest

from nephoscope.errors import SourceError
from nephoscope.extract import storage_lists
from nephoscope.extract.storage_lists import REST, summed

LETTERS = ["a", "/", "\n", "\r", "%", "+", "&", "é", "\U0010ffff", "*", "=", " ", "\0"]
CLASSES = ["STANDARD", "GLACIER"]


class Listed:
    """S3 over keys that are given, in pages of some size; its rules are those of the API.

    Args:
        found: size and class by key.
        size: of a page.
    """

    def __init__(self, found, size):
        self.found = found
        self.size = size
        self.calls = 0

    def list_objects_v2(self, **asked):
        self.calls += 1
        asked = {"Prefix": "", "Delimiter": "", "StartAfter": "", **asked}
        prefix, delimiter = asked["Prefix"], asked["Delimiter"]
        keys = sorted(key for key in self.found if key.startswith(prefix))
        names = {}
        for key in keys:
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            names.setdefault(key if end < 0 else key[: end + 1], end >= 0)
        there = [name for name in names if name > asked["StartAfter"]]
        begin = int(asked.get("ContinuationToken", 0))
        page = there[begin : begin + self.size]
        answer = {
            "IsTruncated": begin + self.size < len(there),
            "Contents": [
                {"Key": name, "Size": self.found[name][0], "StorageClass": self.found[name][1]}
                for name in page
                if not names[name]
            ],
            "CommonPrefixes": [{"Prefix": name} for name in page if names[name]],
        }
        if answer["IsTruncated"]:
            answer["NextContinuationToken"] = str(begin + self.size)
        return answer


def keys_of(draw, count):
    """Return sizes, beyond what 32 bits hold, and classes by random keys of hostile letters."""
    return {
        "".join(draw.choices(LETTERS, k=draw.randint(1, 6))): (
            draw.randrange(2**50),
            draw.choice(CLASSES),
        )
        for _ in range(count)
    }


def told(key):
    return key[: key.find("/") + 1]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_sums_are_those_of_the_keys(draw, depth):
    for _ in range(30):
        found = keys_of(draw, draw.randint(0, 60))
        s3 = Listed(found, draw.randint(1, 9))
        wanted = {}
        for key, (size, kind) in found.items():
            before = wanted.get((told(key), kind), (0, 0))
            wanted[told(key), kind] = before[0] + size, before[1] + 1
        sums = summed(s3, "b", depth)
        assert sums.found == wanted
        assert sums.calls == s3.calls


def test_prefixes_that_are_too_many_are_summed_together_and_none_twice(draw, monkeypatch):
    together = 0
    for _ in range(150):
        monkeypatch.setattr(storage_lists, "PREFIXES", draw.randint(1, 3))
        found = keys_of(draw, draw.randint(0, 60))
        sums = summed(Listed(found, draw.randint(1, 5)), "b", draw.randint(1, 3))
        sizes = [size for size, _ in found.values()]
        assert sums.whole == (sum(sizes), len(sizes))
        together += any(prefix == REST for prefix, _ in sums.found)
    assert together > 50


def test_an_empty_bucket_holds_nothing():
    sums = summed(Listed({}, 10), "b", 1)
    assert (sums.whole, sums.calls) == ((0, 0), 1)


def test_an_error_in_the_middle_ends_all_lists(draw):
    class Broken(Listed):
        def list_objects_v2(self, **asked):
            if asked.get("Prefix") == "m/":
                raise ConnectionError("gone")
            return super().list_objects_v2(**asked)

    found = {f"{prefix}/{n:04d}": (1, "STANDARD") for prefix in "klmno" for n in range(200)}
    s3 = Broken(found, 1)
    with pytest.raises(ConnectionError):
        summed(s3, "b", 1)
    assert s3.calls < 1000


def test_paging_that_does_not_advance_is_an_error():
    class Stuck(Listed):
        def list_objects_v2(self, **asked):
            return super().list_objects_v2(**asked) | {"NextContinuationToken": ""}

    with pytest.raises(SourceError, match="does not advance"):
        summed(Stuck({"a": (1, "STANDARD"), "b": (1, "STANDARD")}, 1), "b", 1)
