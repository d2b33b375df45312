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


def run(home: Path, folder: Path, *arguments: str) -> str:
    """Run the environment's Python in a folder and return what it prints."""
    ran = subprocess.run(
        [home / "bin" / "python", *arguments],
        cwd=folder,
        env=without_compilers(home),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def first_screen() -> str:
    """The first Python block of the README."""
    found = re.search(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert found, "the README should open with a block of Python"
    return found[1]


HOUR = "day/2015-01-01-0.json.gz"
GENERATE = f"""
from datetime import datetime
from pathlib import Path
from satchel.gharchive.sample import write_hour
write_hour(Path("{HOUR}"), datetime(2015, 1, 1), events=2000)
"""


def test_the_first_screen_of_the_readme_runs(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    real = ROOT.parent / "shared" / "data" / Path(HOUR).name
    if real.exists():
        (tmp_path / HOUR).symlink_to(real)
    else:
        run(installed, tmp_path, "-c", GENERATE)
    (tmp_path / "first.py").write_text(first_screen())
    assert run(installed, tmp_path, "first.py")
