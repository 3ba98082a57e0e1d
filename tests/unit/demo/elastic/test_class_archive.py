"""The class archive is made once, used after, and takes the place of what fits no longer."""

from pathlib import Path

from nephoscope.demo.elastic.class_archive import class_archive


def make(folder, *started_with):
    """Do as a JVM does that is told to make an archive."""
    with class_archive(folder, started_with) as [option]:
        Path(option.removeprefix("-XX:AOTCacheOutput=")).touch()
    [archive] = folder.glob("*.aot")
    return archive


def test_what_one_jvm_made_the_next_uses(tmp_path):
    archive = make(tmp_path, "java 25")
    with class_archive(tmp_path, ["java 25"]) as options:
        assert options == [f"-XX:AOTCache={archive}"]


def test_another_java_makes_its_own_in_its_place(tmp_path):
    assert make(tmp_path, "java 25") != make(tmp_path, "java 26")


def test_one_jvm_at_a_time_makes_it(tmp_path):
    with class_archive(tmp_path, ["java 25"]), class_archive(tmp_path, ["java 25"]) as options:
        assert options == []


def test_a_jvm_that_made_none_leaves_none(tmp_path):
    with class_archive(tmp_path, ["java 25"]):
        pass
    assert not list(tmp_path.glob("*.aot"))


def test_a_class_path_beyond_ascii_has_none(tmp_path):
    with class_archive(tmp_path, ["/home/josé/a.jar"]) as options:
        assert options == []
