"""The tests mirror the tree: every module has a test module of its name."""

from pathlib import Path

import pytest

from akhbar.settings import ROOT

MODULES = sorted(
    module.relative_to(ROOT)
    for package in ("akhbar", "spiders", "dags", "plugins")
    for module in (ROOT / package).rglob("*.py")
    if module.name != "__init__.py"
)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_a_test_module_of_its_name(module: Path) -> None:
    expected = Path("tests") / module.with_name(f"test_{module.name}")
    assert (ROOT / expected).exists(), f"{module} has no tests: create {expected}"


def test_every_folder_of_tests_is_a_package() -> None:
    """Otherwise two test modules of the same name clash."""
    folders = {module.parent for module in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
