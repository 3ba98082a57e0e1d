"""The jars of the embedded Elasticsearch: what they are, and getting them once, checked.

`jars.lock` holds one line a jar, `<SHA-256>  <group>:<artifact>:<version>`, as `sha256sum` writes
it. Nothing but what it names is ever on the class path.
`python -m nephoscope.demo.elastic.jars --lock` resolves ROOTS anew and rewrites it; without
`--lock` it fetches what is missing.
"""

import argparse
import fcntl
import hashlib
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nephoscope.errors import ConfigError

LOCK = Path(__file__).with_name("jars.lock")
ROOTS = (
    "org.elasticsearch:elasticsearch:9.5.2",
    "org.elasticsearch.plugin:transport-netty4:9.5.2",
)
_SCOPES = {None, "compile", "runtime"}  # Maven's; a root has none


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock."""

    coordinate: str
    """Maven's group:artifact:version."""

    sha256: str
    """In hexadecimal."""

    @property
    def filename(self) -> str:
        """Its name in the cache folder."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """The jars that the lock names, in class path order."""
    lines = (line.split() for line in lock.read_text(encoding="utf-8").splitlines())
    return [Jar(coordinate, sha256) for sha256, coordinate in lines]


def fetch(cache: Path, jars: Sequence[Jar]) -> list[Path]:
    """Have every jar in the cache folder, downloading what is missing, and check all of them.

    A jar enters the folder checked and in one step, so a start that was killed leaves no half of
    one. Processes that start together wait for each other. A jar that is not the one that the lock
    names, or cannot be downloaded, is a ConfigError.
    """
    with _alone(cache):
        for jar in jars:
            if not (cache / jar.filename).exists():
                _download(jar, cache)
        return [_checked(cache / jar.filename, jar) for jar in jars]


def resolve(cache: Path) -> list[Jar]:
    """Resolve ROOTS to all the jars they need, and download them to know their checksums."""
    with _staging(cache) as context:
        roots = [context.create_dependency(root) for root in ROOTS]
        inputs, transitive = context.resolver.resolve(roots)
        artifacts = [each.artifact for each in [*inputs, *transitive] if each.scope in _SCOPES]
        return [
            Jar(f"{a.groupId}:{a.artifactId}:{a.version}", _sha256(a.resolve())) for a in artifacts
        ]


def _download(jar: Jar, cache: Path) -> None:
    with _staging(cache) as context:
        try:
            path = context.create_dependency(jar.coordinate).artifact.resolve()
        except (OSError, RuntimeError) as error:
            raise ConfigError(
                f"{jar.coordinate} is not in {cache} and cannot be downloaded: connect this "
                f"machine to Maven Central, or copy that folder from one that is ({error})"
            ) from error
        _checked(path, jar).replace(cache / jar.filename)


def _checked(path: Path, jar: Jar) -> Path:
    if _sha256(path) != jar.sha256:
        raise ConfigError(
            f"{path} is not the {jar.coordinate} that jars.lock names (its checksum is another): "
            "delete the file and start again, which downloads it"
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(cache: Path) -> Generator[None, None, None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _staging(cache: Path) -> Generator[Any, None, None]:
    """A jgo context that downloads to a folder of its own, which a killed start leaves to us."""
    from jgo.maven import MavenContext

    folder = cache / ".downloading"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield MavenContext(repo_cache=folder)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Fetch the jars, or write the lock."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the jars")
    parser.add_argument("--lock", action="store_true", help="resolve anew and rewrite jars.lock")
    arguments = parser.parse_args()
    if arguments.lock:
        with _alone(arguments.cache):
            jars = resolve(arguments.cache)
        LOCK.write_text("".join(f"{jar.sha256}  {jar.coordinate}\n" for jar in jars))
    paths = fetch(arguments.cache, read_lock())
    print(f"{len(paths)} jars, {sum(path.stat().st_size for path in paths) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
