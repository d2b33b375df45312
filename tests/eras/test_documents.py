"""Several documents on a line: where they end, every pipeline, every scheduler, every note."""

from __future__ import annotations

import gzip
import json
import pickle
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_lines.agree import listened
from bad_lines.test_bad_lines import GOOD
from conformance.check import Check
from conformance.rows import EVERYWHERE

import satchel as db
from eras.agree import PIPELINES, agree, lines_of, records, written
from satchel.run.documents import pieces

# Where the pieces of a line start and end, and whether brackets make each a document.
LINES: dict[str, tuple[bytes, list[bytes]]] = {
    "one": (b'{"n": 1}\n', [b'{"n": 1}\n']),
    "two": (b'{"n": 1}{"n": 2}\n', [b'{"n": 1}', b'{"n": 2}\n']),
    "blanks between": (b' {"n": 1} \t[2] \n', [b' {"n": 1} \t', b"[2] \n"]),
    "blank": (b" \t \n", []),
    "empty": (b"\n", []),
    "zeros alone": (b"\0\0\0\n", []),
    "zeros between": (b'{"n": 1}\0\0\0{"n": 2}\n', [b'{"n": 1}', b'{"n": 2}\n']),
    "zeros before and behind": (b'\0{"n": 1}\0\n', [b'{"n": 1}']),
    "zeros and blanks": (b'\0 \0{"n": 1} \0 \r\n', [b'{"n": 1} ']),
    "cut by zeros": (b'{"n": 1, "x\0\0{"n": 2}\n', [b'{"n": 1, "x', b'{"n": 2}\n']),
    "no newline": (b'{"n": 1}{"n": 2}', [b'{"n": 1}', b'{"n": 2}']),
    "brackets in strings": (b'{"}{": "]["}{"[": 1}\n', [b'{"}{": "]["}', b'{"[": 1}\n']),
    "quotes escaped": (rb'{"a\"}{\\": "\\"}{}', [rb'{"a\"}{\\": "\\"}', b"{}"]),
    "scalars are one": (b"1 2 3\n", [b"1 2 3\n"]),
    "a scalar behind": (b"{} 5\n", [b"{} ", b"5\n"]),
    "what follows": (b'{"n": 1}oops{"n": 2}\n', [b'{"n": 1}', b'oops{"n": 2}\n']),
    "no end": (b'{"n": 1}{"n": [2}\n', [b'{"n": 1}', b'{"n": [2}\n']),
    "closed too often": (b"{}}{}\n", [b"{}", b"}{}\n"]),
    "no JSON, but closed": (b'{"n": oops}{"n": 2}\n', [b'{"n": oops}', b'{"n": 2}\n']),
    "not UTF-8": (b'{"n": "\xff"}{"n": 2}\n', [b'{"n": "\xff"}', b'{"n": 2}\n']),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line(name: str, check: Check, tmp_path: Path) -> None:
    line, expected = LINES[name]
    assert [piece.text for piece in pieces(line)] == expected
    # Between single documents, so that it is looked at as one, and alone, so that it is cut.
    alone, among = line, b'{"n": 0}\n' * 20 + line + (b"" if line[-1:] == b"}" else b"[]\n")
    files = written(tmp_path, {"a.json": alone, "b.json.gz": gzip.compress(among)})
    agree(check, files, lambda b: b, "default")
    agree(check, files, lambda b: b.count(), "default")


@pytest.mark.parametrize(
    "pipeline",
    [
        lambda b: b.fold(lambda total, e: total + e["n"], lambda a, c: a + c, 0),
        lambda b: b.foldby(lambda e: e["n"] % 2, lambda t, e: t + e["n"], 0, lambda a, c: a + c),
        lambda b: b.pluck("n").mean(),
        lambda b: b.pluck("n").topk(5),
        lambda b: b.distinct(key=lambda e: e["n"] % 7),
    ],
)
def test_documents_of_one_line_that_all_fall_back(
    pipeline: Any, check: Check, tmp_path: Path
) -> None:
    """Each is a row of its own to the host, though they share the line's number."""
    line = b"".join(b'{"n": %d, "x": NaN}' % n for n in range(40)) + b"\n"
    agree(check, written(tmp_path, {"a.json": line * 3, "b.json": b'{"n": 1}\n'}), pipeline, "sync")


def glued(seed: int) -> bytes:
    """Events in a row: some on lines of their own, some with others, some behind zeros."""
    chance = random.Random(seed)
    between = [b"\n", b"\n", b"\n", b"", b"", b" ", b"\t ", b"\0\0\0", b"\r\n", b"\n\n", b"\n\0\n"]
    return b"".join(document + chance.choice(between) for document in GOOD)


def contents(seed: int) -> dict[str, bytes]:
    """One line of all, lines of one, and something in between, with damage in some documents."""
    bad = glued(seed).replace(b'"id": 17,', b'"id": 1oops,').replace(b'"id": 203,', b'"\xff": 1,')
    return {
        "a.json.gz": gzip.compress(b"".join(GOOD)),
        "b.json.gz": gzip.compress(b"\n".join(GOOD)),
        "c.json.gz": gzip.compress(bad),
        "d.json": glued(seed + 1),
        "e.json": b"",
    }


@pytest.mark.parametrize("scheduler", EVERYWHERE)
@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_under_a_scheduler(
    name: str, scheduler: str, check: Check, tmp_path: Path
) -> None:
    files = written(tmp_path, contents(3))
    assert len(files.rejects) == 2
    agree(check, files, PIPELINES[name], scheduler)


@pytest.mark.parametrize("name", ["count", "frequencies", "a native filter", "foldby", "flatten"])
def test_a_pipeline_that_checks_what_it_reads(name: str, check: Check, tmp_path: Path) -> None:
    good = {name: text.replace(b"\xff", b"x") for name, text in contents(5).items()}
    good["c.json.gz"] = gzip.compress(glued(5))
    agree(check, written(tmp_path, good), PIPELINES[name], "default", validate="touched")


@pytest.mark.parametrize("seed", range(8))
def test_random_bytes(seed: int, check: Check, tmp_path: Path) -> None:
    """Whatever stands on the lines: the kernel cuts them where its slow twin does."""
    chance = random.Random(seed)
    tokens = [
        *(bytes([byte]) for byte in b'{{{}}}[]"""\\ \t,:a0\0\xff'),
        b"\n",
        b"\r",
        b"{}",
        b'\\"',
    ]
    tokens += [*GOOD[:5], b'{"n": 1}', b"[[]]", b"\0\0"]
    weights = [1] * (len(tokens) - 8) + [chance.choice((1, 6, 40))] * 8
    files = {
        "a.json": b"".join(chance.choices(tokens, weights, k=4_000)),
        "b.json.gz": gzip.compress(b"".join(chance.choices(tokens, weights, k=4_000))),
    }
    made = written(tmp_path, files)
    agree(check, made, lambda b: b, "default")
    agree(check, made, lambda b: b.count(), "default")
    # A loader that the kernel does not know is handed every piece.
    texts = db.read_ndjson(
        made.path, loader=refuses, documents="many", on_bad_lines="keep"
    ).rejects()
    expected = [piece.text for text in files.values() for line in rows(text) for piece in line]
    assert [one[3] for one in texts.compute()] == expected


def rows(text: bytes) -> Iterator[Any]:
    return map(pieces, lines_of(gzip.decompress(text) if text[:2] == b"\x1f\x8b" else text))


def refuses(text: str) -> Any:
    raise ValueError("nothing will do")


@pytest.mark.parametrize("seed", range(20))
def test_documents_that_load_end_where_the_decoder_says(seed: int) -> None:
    chance = random.Random(seed)
    letters = '{}[]":,\\/ab\u00e9\ud83d\n\t 0'

    def value(depth: int) -> Any:
        kind = chance.randrange(6 if depth else 4)
        if kind == 4:
            return [value(depth - 1) for _ in range(chance.randrange(4))]
        if kind == 5:
            return {word(): value(depth - 1) for _ in range(chance.randrange(4))}
        return (word(), chance.random(), None, float("nan"))[kind]

    def word() -> str:
        return "".join(chance.choices(letters, k=chance.randrange(12)))

    for _ in range(50):
        made = [[value(4)] for _ in range(chance.randrange(1, 6))]
        blank = lambda: chance.choice(["", "", " ", "\t  "])  # noqa: E731
        ascii_only = chance.random() < 0.5
        line = blank() + "".join(json.dumps(one, ensure_ascii=ascii_only) + blank() for one in made)
        line = line.replace("\ud83d", "?")
        assert list(decoded(line)) == [
            piece.text.decode().strip() for piece in pieces(line.encode())
        ]


def decoded(line: str) -> Iterator[str]:
    at, decoder = 0, json.JSONDecoder()
    while line[at:].strip():
        at += len(line[at:]) - len(line[at:].lstrip())
        _, end = decoder.raw_decode(line, at)
        yield line[at:end]
        at = end


@pytest.mark.parametrize("seed", range(3))
def test_a_line_longer_than_a_block(seed: int, check: Check, tmp_path: Path) -> None:
    """Streamed as `take` reads, and in a member that is not had whole."""
    line = glued(seed).replace(b"\n", b" ").replace(b"\r", b"") * 60
    files = written(tmp_path, {"a.json": line, "b.json.gz": gzip.compress(line)})
    agree(check, files, lambda b: b.pluck("id"), "default")
    found = records(files).pluck("id").take(401, npartitions=1)
    assert found == (*range(400), 0)


def name_of(e: Any) -> Any:
    return e["name"]


def shown(e: Any) -> Any:
    return repr(e) and e["name"]


@pytest.mark.parametrize("function", [name_of, shown])
def test_a_note_names_the_line_and_the_byte_of_the_document(function: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\n{"name": 1}{"name": 2}\0\0{"nom": 3} {"name": 4}\n')
    with pytest.raises(KeyError) as raised:
        db.read_ndjson(str(path), documents="many").map(function).max().compute()
    step, line = raised.value.__notes__
    assert f"in step 2: .map({function.__name__})" in step
    assert line.splitlines() == [
        f"satchel: {path}, line 2, byte 25 (inflated)",
        '  {"nom": 3} ',
        "  the keys that are there: 'nom'",
    ]


@pytest.mark.parametrize("demoted", [False, True])
def test_what_does_not_load_is_raised_with_its_place(demoted: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"n": 1}{"n": 2}{"n": oops}{"n": 3}\n')
    bag = db.read_ndjson(str(path), documents="many").pluck("n")
    with pytest.raises(json.JSONDecodeError) as raised:
        (bag.map(lambda n: n * 10**30).sum() if demoted else bag.sum()).compute()
    assert 'line 1, byte 16 (inflated)\n  {"n": oops}' in raised.value.__notes__[1]


def test_a_line_that_is_not_utf8_raises_where_bad_lines_raise(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"n": 1}{"n": "\xff"}\n')
    for query in (lambda b: b.count(), lambda b: b.map(lambda e: e["n"] * 10**30).count()):
        with pytest.raises(UnicodeDecodeError):
            query(db.read_ndjson(str(path), documents="many")).compute()


def test_it_is_native_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"n": 1}{"n": 2}\n' * 2_000)
    total = db.read_ndjson(str(path), documents="many").pluck("n").sum()
    explained = total.explain(analyze=True)
    assert explained.all_native
    assert "a line may have several documents (documents='many')" in str(explained)
    assert "rows:   4,000" in str(explained)
    assert "fallback rows: 0" in str(explained)
    assert listened(total.compute) == (6_000, [])
    assert "documents" not in str(db.read_ndjson(str(path)).count().explain())


def test_other_sources_are_other_bags(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"n": 1}{"n": 2}\n')
    one, many = (db.read_ndjson(str(path), documents=kind) for kind in ("line", "many"))
    assert one.name != many.name
    assert db.compute(many.count(), many.pluck("n").sum()) == (2, 3)
    assert pickle.loads(pickle.dumps(many)).count().compute() == 2
    assert many.schema().records == 2
    with pytest.raises(json.JSONDecodeError):
        db.compute(many.count(), one.count())


def test_arguments_that_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"{}\n")
    with pytest.raises(ValueError, match="documents is 'line' or 'many', not 'lines'"):
        db.read_ndjson(str(path), documents="lines")
    with pytest.raises(ValueError, match="on_damage is 'raise' or 'keep', not 'skip'"):
        db.read_ndjson(str(path), on_damage="skip")
