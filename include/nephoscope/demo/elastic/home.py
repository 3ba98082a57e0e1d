"""The folder that an Elasticsearch node expects around it, laid out from jars alone."""

import ctypes
import ctypes.util
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nephoscope.errors import ConfigError

_NETTY = "transport-netty4"  # the module that speaks HTTP
_DESCRIPTOR = f"META-INF/es-plugins/{_NETTY}/plugin-descriptor.properties"


@dataclass(frozen=True, slots=True)
class Home:
    """What the JVM is started with."""

    path: Path
    """Elasticsearch's `path.home`."""

    classpath: list[Path]
    """The jars that are no module's."""

    libraries: Path
    """The folder of native libraries."""


def lay_out(path: Path, jars: Sequence[Path]) -> Home:
    """Make the home anew at `path`, which is no place for data; needs the machine's libzstd."""
    shutil.rmtree(path, ignore_errors=True)
    module = [jar for jar in jars if jar.name.startswith(("netty-", _NETTY))]
    _lay_out_module(path / "modules" / _NETTY, module)
    libraries = path / "libraries"
    libraries.mkdir()
    (libraries / "libzstd.so").symlink_to(find_zstd())
    for empty in ("config", "lib", "plugins"):
        (path / empty).mkdir()
    return Home(path, [jar for jar in jars if jar not in module], libraries)


def _lay_out_module(folder: Path, jars: Sequence[Path]) -> None:
    folder.mkdir(parents=True)
    for jar in jars:
        (folder / jar.name).symlink_to(jar.resolve())
    [own] = [jar for jar in jars if jar.name.startswith(_NETTY)]
    with zipfile.ZipFile(own) as archive:
        lines = archive.read(_DESCRIPTOR).decode().splitlines()
    # on the class path Elasticsearch is no named module, so neither can be what needs it
    descriptor = [line for line in lines if not line.startswith("modulename=")]
    (folder / "plugin-descriptor.properties").write_text("\n".join(descriptor), encoding="utf-8")


def find_zstd() -> Path:
    """The system's libzstd: without it `best_compression` breaks a shard at its first write."""
    name = ctypes.util.find_library("zstd")
    if name is None:
        raise ConfigError(
            "Elasticsearch compresses with libzstd, which this machine lacks: "
            "install it (Debian and Ubuntu: apt install libzstd1)"
        )
    ctypes.CDLL(name)  # find_library gives no path, but what is loaded shows its own
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return Path(next(line.split(maxsplit=5)[5] for line in maps if "/libzstd.so" in line))
