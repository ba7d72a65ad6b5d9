"""The `.jsonl` files of a batch: one JSON object per line, in UTF-8."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from akhbar.archive.store import store_errors
from akhbar.settings import Location


def json_line(record: dict[str, Any]) -> str:
    """A record as a line, without the newline. If it contains a lone surrogate, which UTF-8 cannot encode, it is
    escaped to ASCII."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(record)
    return line


def repair_jsonl(path: Path) -> None:
    """Cuts off an incomplete last line, which a killed process leaves behind."""
    if not path.exists():
        return
    data = path.read_bytes()
    complete = data.rfind(b"\n") + 1
    if complete < len(data):
        with path.open("r+b") as file:
            file.truncate(complete)


def replace_file(path: Location, lines: Iterable[str]) -> None:
    """Writes a text file under a temporary name and renames it, so that no reader sees an incomplete file."""
    if not isinstance(path, Path):
        with TemporaryDirectory() as folder:
            replace_file(Path(folder) / path.name, lines)
            with store_errors(path):
                path.fs.put_file(f"{folder}/{path.name}", path.path)
        return
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno and not error.filename:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
