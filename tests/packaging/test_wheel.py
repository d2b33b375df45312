"""The wheel that `make wheel` builds: small, for old Linux too, and enough on its own."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTE = 1_000_000

pytestmark = pytest.mark.xdist_group("wheel")  # one worker, so that it is installed once


@pytest.fixture(scope="module")
def wheel() -> Path:
    """The wheel in dist/; `make test` sees to it that it is that of this tree."""
    wheels = sorted((ROOT / "dist").glob("satchel-*.whl"))
    if not wheels:
        pytest.skip("no wheel in dist/: run `make wheel`")
    return wheels[-1]


def test_it_is_small_and_for_any_linux_of_ten_years(wheel: Path) -> None:
    assert wheel.stat().st_size < 10 * MEGABYTE
    if sys.platform == "linux":
        assert "manylinux_2_17" in wheel.name


def test_it_holds_the_package_its_types_and_its_licence_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"satchel"}
    assert {"satchel/__init__.py", "satchel/_kernel.pyi", "satchel/py.typed"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert sum(name.endswith(".so") for name in names) == 1


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, made where no compiler can be found."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", str(wheel)]
    subprocess.run(install, check=True, env=without_compilers(home))
    return home


def without_compilers(home: Path) -> dict[str, str]:
    """The surroundings of a user who has this environment and nothing to build with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PATH": str(home / "bin")}


def first_screen() -> str:
    """The first Python block of the README."""
    found = re.search(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert found, "the README should open with a block of Python"
    return found[1]


def test_the_first_screen_of_the_readme_runs(installed: Path, tmp_path: Path) -> None:
    hour = ROOT.parent / "shared" / "data" / "2015-01-01-0.json.gz"
    if not hour.exists():
        pytest.skip("the real hour, ../shared/data/2015-01-01-0.json.gz, is not here")
    (tmp_path / hour.name).symlink_to(hour)
    script = tmp_path / "first.py"
    script.write_text(first_screen())
    ran = subprocess.run(
        [installed / "bin" / "python", script],
        cwd=tmp_path,
        env=without_compilers(installed),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
