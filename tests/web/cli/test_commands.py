import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.support.ports import free_port
from web.cli import COMMANDS, main
from zero_work_market.ground import clock, messages
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.messages import Message
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.ground.privacy import key_name
from zero_work_market.ground.settings import settings


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_what_each_option_is(command):
    told = CliRunner().invoke(main, [command, "--help"])
    assert told.exit_code == 0
    group = CliRunner().invoke(main, ["--help"]).output
    [line] = [line for line in group.splitlines() if line.split()[:1] == [command]]
    assert len(line.split()) > 3
    assert not line.endswith("..."), "the short help is cut off"
    found = main.get_command(None, command)
    assert all(option.help for option in found.params if option.param_type_name == "option")


def test_an_unknown_command_is_refused_in_a_line(leye):
    told = leye("fly")
    assert told.exit_code == 2
    assert "No such command 'fly'" in told.stderr


def test_a_wrong_setting_is_told_in_one_line_without_a_traceback(leye):
    told = leye("migrate", LEYE_DEMO="perhaps")
    assert told.exit_code == 1
    assert told.stderr == "Error: LEYE_DEMO takes 1 or 0, not 'perhaps'\n"


def test_a_database_that_is_not_there_is_told_without_a_traceback(leye):
    told = leye("migrate", LEYE_DATABASE_URL="postgresql://127.0.0.1:1/leye")
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: The database can't be used: ")


def test_migrating_twice_changes_nothing_the_second_time(leye):
    first, second = leye("migrate"), leye("migrate")
    assert first.stdout.startswith("The database went from None to ")
    assert second.stdout == f"The database is at {first.stdout.split()[-1][:-1]}.\n"


def test_the_doctor_finds_what_is_missing_and_says_what_to_do(leye):
    told = leye("doctor")
    assert told.exit_code == 1
    assert "✗ database: it is at no tables yet" in told.stdout
    assert "run leye migrate" in told.stdout
    assert "✗ messages: there is no way to send one: set LEYE_SMS_GATEWAY_URL" in told.stdout
    assert "✓ reference data" in told.stdout


def test_the_doctor_is_content_with_a_home_in_order(leye, migrated):
    told = leye("doctor", LEYE_SMS_GATEWAY_URL="https://sms.example.cn/send")
    assert "✗" not in told.stdout
    assert told.exit_code == 0


def test_the_doctor_names_keys_that_others_can_read_and_events_that_keep_failing(leye, migrated):
    leye("doctor")
    (migrated / "keys.json").chmod(0o644)
    connect(f"sqlite:///{migrated}/leye.sqlite3")
    with transaction() as session:
        at = clock.now()
        session.add(OutboxRow(kind="message_queued", payload={}, announced_at=at, due_at=at, error="CannotSend: no"))
    told = leye("doctor", LEYE_DEMO="1")
    assert told.exit_code == 1
    assert "chmod 600" in told.stdout
    assert "✗ tasks: message_queued waits to be tried again: CannotSend: no" in told.stdout


def test_the_doctor_names_a_redis_that_does_not_answer(leye, migrated):
    told = leye("doctor", LEYE_DEMO="1", LEYE_REDIS_URL="redis://127.0.0.1:1")
    assert told.exit_code == 1
    assert "✗ queue: ConnectionError" in told.stdout


def _seal_a_message(home: Path) -> None:
    settings.cache_clear()
    connect(f"sqlite:///{home}/leye.sqlite3")
    with transaction() as session:
        messages.queue(session, phone="13800000000", body="你好", purpose="test", at=clock.now())


def _message() -> Message:
    with transaction(read_only=True) as session:
        return session.scalars(select(Message)).one()


def test_rotating_keys_seals_everything_under_a_new_one(leye, migrated):
    _seal_a_message(migrated)
    assert key_name(_message().body_sealed) == "k1"
    told = leye("rotate-keys")
    assert told.exit_code == 0, told.output
    assert "A new key, k2, was put into" in told.stdout
    assert key_name(_message().body_sealed) == "k2"
    assert _message().body == "你好"


def test_with_keys_of_the_environment_rotation_seals_under_the_first_and_says_how_to_change_it(leye, migrated):
    _seal_a_message(migrated)
    kept = json.loads((migrated / "keys.json").read_text())
    told = leye("rotate-keys", LEYE_DATA_KEYS=f"new:{kept['LEYE_LOOKUP_KEY']},{kept['LEYE_DATA_KEYS']}")
    assert "seals everything with the first of them, new" in told.stdout
    assert key_name(_message().body_sealed) == "new"
    assert json.loads((migrated / "keys.json").read_text()) == kept


def test_serving_a_database_without_its_tables_says_what_to_run(leye):
    told = leye("serve", "--port", str(free_port()))
    assert told.exit_code == 1
    assert told.stderr == "Error: The database hasn't got this version's tables yet: run leye migrate.\n"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_in_one_line(leye, migrated, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = leye(command, "--port", str(port))
    assert told.exit_code == 1
    assert told.stderr.startswith(f"Error: 127.0.0.1:{port} can't be listened on (Address already in use")
    assert told.stderr.count("\n") == 1


def test_a_seeded_database_is_not_seeded_again(leye, migrated):
    sizes = ("--workers", "30", "--employers", "3", "--postings", "3", "--date", "2026-11-23")
    first, second = leye("seed", *sizes), leye("seed", *sizes)
    assert first.exit_code == 0, first.stderr
    assert second.exit_code == 1
    assert second.stderr.startswith("Error: The database already holds somebody")
