"""Over TLS: certificates are checked, unless somebody says otherwise."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import satchel as db


class Ones(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"1\n1\n")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server, and the certificate that nobody else has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*new, *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ones) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}", certificate
        server.shutdown()


def test_a_certificate_that_nobody_trusts_is_an_error(secure: tuple[str, Path]) -> None:
    with pytest.raises(ConnectionError, match=r"TLS failed.*certificate verify failed[^(]*\(_ssl"):
        db.read_text(f"{secure[0]}/one.json").compute()


def test_certificates_that_are_named_are_trusted(
    secure: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = secure
    options = {"anon": True, "endpoint_url": url}
    verify = {"client_kwargs": {"verify": str(certificate)}}
    lines = db.read_text("s3://bucket/one.json", storage_options=options | verify)
    assert lines.compute() == ["1\n", "1\n"]
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    lines = db.read_text("s3://bucket/one.json", storage_options=options)
    assert lines.compute() == ["1\n", "1\n"]


def test_who_asks_not_to_check_is_warned(secure: tuple[str, Path]) -> None:
    lines = db.read_text(f"{secure[0]}/one.json", storage_options={"ssl": False})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert lines.compute() == ["1\n", "1\n"]
