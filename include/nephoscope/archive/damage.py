"""A file of the archive that is no longer what was written."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.errors import ConfigError
from nephoscope.place import Place


@contextmanager
def told(root: Place, path: str) -> Generator[None]:
    """Read a Parquet file within this.

    Args:
        root: the archive's.
        path: of the file, below it.

    Raises:
        ConfigError: the file is cut short or garbled.
    """
    try:
        yield
    except (pa.ArrowException, OSError, KeyError) as error:
        # Arrow says what it can't decode by an OSError that has no number, as the system's have.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ConfigError(
            f"{root / path} is damaged ({type(error).__name__}): bring back a copy of it, or "
            "delete it and collect its day again with `force`, as far as CloudWatch still has it"
        ) from error


@contextmanager
def opened(root: Place, path: str) -> Generator[pq.ParquetFile]:
    """Open a Parquet file, and tell of damage while it is read; the arguments are those of `told`.

    Raises:
        ConfigError: as `told` does.
    """
    with told(root, path), (root / path).open("rb") as file, pq.ParquetFile(file) as parquet:
        yield parquet
