"""In a real Jupyter kernel: functions of cells run native, a bag shows itself, progress is told."""

from __future__ import annotations

import json
import sys
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "a bag": "lines",
    "%time": '%time print(records.filter(lambda e: e["n"] > 6).count().compute())',
    "%%time": '%%time\nprint(records.map(lambda e: e["n"] % 3).frequencies().compute())',
    "explain": 'records.filter(lambda e: e["n"] > 6).explain()',
    "a def": (
        'def large(e):\n    return e["n"] > 6\n\nprint(records.filter(large).explain().all_native)'
    ),
    "defined before": "print(records.filter(large).count().compute())",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each cell puts out."""
    folder = tmp_path_factory.mktemp("notebook")
    file = folder / "records.json"
    file.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(10)))
    kernel = folder / "kernels" / "here"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": command, "display_name": "here", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(about))
    start = f"import json, satchel as db\nlines = db.read_text({str(file)!r})\n"
    start += "records = lines.map(json.loads)"
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in (start, *CELLS.values())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        NotebookClient(notebook, kernel_name="here", timeout=120).execute()
    return dict(zip(CELLS, (cell.outputs for cell in notebook.cells[1:]), strict=True))


def printed(outputs: list[Any]) -> str:
    return "".join(each["text"] for each in outputs if each["output_type"] == "stream")


def shown(outputs: list[Any], kind: str) -> str:
    return "".join(each["data"].get(kind, "") for each in outputs if "data" in each)


def test_a_bag_shows_itself(outputs: dict[str, list[Any]]) -> None:
    assert "1 file" in shown(outputs["a bag"], "text/html")


def test_lambdas_of_magic_cells(outputs: dict[str, list[Any]]) -> None:
    assert "3\n" in printed(outputs["%time"])
    assert "Wall time" in printed(outputs["%time"])
    assert "[(0, 4), (1, 3), (2, 3)]" in printed(outputs["%%time"])


def test_functions_of_cells_are_native(outputs: dict[str, list[Any]]) -> None:
    assert 'filter(record["n"] > 6)   native' in shown(outputs["explain"], "text/plain")
    assert printed(outputs["a def"]).strip() == "True"
    assert "3\n" in printed(outputs["defined before"])
