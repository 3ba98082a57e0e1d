"""The JVM's archive of loaded classes (JEP 514), which halves the start of all nodes but the first.

The first node of a cache folder records what it loads and writes the archive as its JVM ends, which
takes some 10 s once; it takes the place of those that fit no longer. A JVM ignores one that does
not fit.
"""

import fcntl
import hashlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def class_archive(folder: Path, started_with: Sequence[object]) -> Generator[list[str], None, None]:
    """The JVM options that use the archive, or make it; the JVM starts and ends inside.

    Args:
        folder: Where archives are kept, 100 MB each.
        started_with: All that an archive depends on: the Java, its options, the class path.
    """
    key = "\n".join(map(str, started_with))
    archive = folder / f"classes-{hashlib.sha256(key.encode()).hexdigest()[:16]}.aot"
    with (folder / ".archiving").open("w") as lock:
        if archive.exists():
            yield [f"-XX:AOTCache={archive}"]
        elif key.isascii() and _first(lock.fileno()):
            with _written_whole(archive) as draft:
                yield [f"-XX:AOTCacheOutput={draft}"]
        else:  # beyond ASCII, JPype loads classes in a way that no archive can take
            yield []


def _first(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _written_whole(archive: Path) -> Generator[Path, None, None]:
    draft = archive.with_name(".classes.aot")
    draft.unlink(missing_ok=True)
    try:
        yield draft
    finally:
        if draft.exists():
            for outdated in archive.parent.glob("classes-*.aot"):
                outdated.unlink()
            draft.replace(archive)
