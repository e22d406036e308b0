import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.ports import free_port
from web.tasks.senders import CannotSend, GatewaySender, NoSender, PageSender, choose
from zero_work_market.ground.settings import read


@dataclass
class Gateway:
    url: str
    status: int = 200
    taken: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gateway.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(gateway.status)
            self.send_header("Location", "/")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway = Gateway(f"http://127.0.0.1:{server.server_port}/sms")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield gateway
    server.shutdown()
    server.server_close()


def test_the_gateway_gets_number_and_text_with_a_reference_to_know_it_again_by(gateway):
    GatewaySender(gateway.url).send("13800000000", "验证码 123456", reference="abc")
    assert gateway.taken == [{"reference": "abc", "phone": "13800000000", "text": "验证码 123456"}]


def test_a_refusal_of_the_gateway_is_told_without_number_or_text(gateway):
    gateway.status = 500
    with pytest.raises(CannotSend, match="500") as refusal:
        GatewaySender(gateway.url).send("13800000000", "验证码 123456", reference="abc")
    assert "13800000000" not in str(refusal.value)
    assert "123456" not in str(refusal.value)


def test_a_gateway_that_has_moved_has_not_taken_the_message(gateway):
    gateway.status = 302
    with pytest.raises(CannotSend, match="302"):
        GatewaySender(gateway.url).send("13800000000", "你好", reference="abc")


def test_after_a_failure_the_gateway_is_left_alone_for_a_while(gateway):
    sender = GatewaySender(gateway.url)
    gateway.status = 503
    for _ in range(3):
        with pytest.raises(CannotSend):
            sender.send("13800000000", "你好", reference="abc")
    assert len(gateway.taken) == 1
    gateway.status, sender.rests_until = 200, 0.0
    sender.send("13800000000", "你好", reference="abc")
    assert len(gateway.taken) == 2


def test_a_gateway_that_is_not_there_cannot_send():
    with pytest.raises(CannotSend, match="refused"):
        GatewaySender(f"http://127.0.0.1:{free_port()}").send("13800000000", "你好", reference="abc")


def test_a_demo_sends_nothing_out_whatever_gateway_is_set(tmp_path, gateway):
    home = {"LEYE_HOME": str(tmp_path)}
    assert isinstance(choose(read(home | {"LEYE_DEMO": "1", "LEYE_SMS_GATEWAY_URL": gateway.url})), PageSender)
    assert choose(read(home | {"LEYE_SMS_GATEWAY_URL": gateway.url})) == GatewaySender(gateway.url)
    assert isinstance(choose(read(home)), NoSender)


def test_without_a_gateway_a_message_cannot_be_sent():
    with pytest.raises(CannotSend, match="LEYE_SMS_GATEWAY_URL"):
        NoSender().send("13800000000", "你好", reference="abc")
