"""Files are put into their place whole, listed and removed."""

import pytest

from nephoscope.place import files, put, put_file, remove


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"new" * 10**6)
    return path


def test_a_file_takes_the_place_of_the_old_one(tmp_path, source):
    put(tmp_path, "a.json", b"old")
    put_file(tmp_path, "a.json", source)
    assert (tmp_path / "a.json").read_bytes() == source.read_bytes()


def test_an_open_file_stays_what_it_was(tmp_path, source):
    put(tmp_path, "a.json", b"old")
    with (tmp_path / "a.json").open("rb") as opened:
        put_file(tmp_path, "a.json", source)
        assert opened.read() == b"old"


def test_nothing_else_is_left_beside_it(tmp_path, source):
    put(tmp_path, "a.json", b"1")
    put_file(tmp_path, "b.json", source)
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", "b.json", "source"}


def test_a_file_that_is_missing_leaves_the_old_one(tmp_path):
    put(tmp_path, "a.json", b"old")
    with pytest.raises(FileNotFoundError):
        put_file(tmp_path, "a.json", tmp_path / "none")
    assert (tmp_path / "a.json").read_bytes() == b"old"


def test_files_are_listed_in_order_by_their_paths_from_the_root(tmp_path):
    for name in ("x/b/2", "x/1", "x/b/1", "y/1"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert files(tmp_path, "x") == ["x/1", "x/b/1", "x/b/2"]
    assert files(tmp_path, "nowhere") == []


def test_what_is_removed_takes_empty_folders_with_it(tmp_path):
    for name in ("x/a/1", "x/b/1", "x/b/2"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    remove(tmp_path, ["x/a/1", "x/b/1", "x/b/none"])
    assert files(tmp_path, "x") == ["x/b/2"]
    assert not (tmp_path / "x" / "a").exists()
    remove(tmp_path, ["x/b/2"])
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.exists()
