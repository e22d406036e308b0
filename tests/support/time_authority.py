"""A time stamping authority of our own, over HTTP: OpenSSL stamps, as a real one does."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CONFIG = """
[tsa]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[stamps]
serial = {home}/serial
crypto_device = builtin
signer_cert = {home}/tsa.pem
signer_key = {home}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
"""


@dataclass
class Authority:
    """`answers` may be set to what it says instead of a stamp."""

    url: str
    roots: Path
    answers: bytes | None = None
    asked: int = 0


@contextmanager
def time_authority(home: Path) -> Iterator[Authority]:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here to stamp with")
    _make_keys(home)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.asked += 1
            question = self.rfile.read(int(self.headers["Content-Length"]))
            answer = _stamp(home, question) if authority.answers is None else authority.answers
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority = Authority(f"http://127.0.0.1:{server.server_port}/tsa", home / "ca.pem")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield authority
    server.shutdown()
    server.server_close()


def _make_keys(home: Path) -> None:
    (home / "tsa.conf").write_text(CONFIG.format(home=home))
    (home / "serial").write_text("01")
    fresh = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    root = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root", "-days", "3650")
    _openssl(home, "req", "-x509", *fresh, *root)
    _openssl(home, "req", "-new", *fresh, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650")
    told = ("-out", "tsa.pem", "-extfile", "tsa.conf", "-extensions", "tsa")
    _openssl(home, "x509", "-req", "-in", "tsa.csr", *signing, *told)


def _stamp(home: Path, question: bytes) -> bytes:
    (home / "question").write_bytes(question)
    told = ("-config", "tsa.conf", "-section", "stamps", "-queryfile", "question", "-out", "answer")
    _openssl(home, "ts", "-reply", *told)
    return (home / "answer").read_bytes()


def _openssl(home: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=home, check=True, capture_output=True)
