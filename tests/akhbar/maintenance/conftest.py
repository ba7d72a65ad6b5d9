"""The archive that maintenance works on."""

from pathlib import Path

import pytest

from akhbar.settings import Location, archive


@pytest.fixture(params=["folder", "memory", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Location:
    """The archive: a folder, an object store in memory, or one that speaks S3."""
    place = {"folder": str(tmp_path / "archive"), "memory": f"memory://{tmp_path.name}"}.get(request.param)
    place = place or f"{request.getfixturevalue('s3')}/{tmp_path.name}"
    monkeypatch.setenv("AKHBAR_ARCHIVE", place)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return archive()
