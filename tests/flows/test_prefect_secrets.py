"""Secrets in Prefect's blocks: read under Prefect only, wrapped at once, shown nowhere."""

from __future__ import annotations

import logging

import pytest
from prefect.blocks.system import Secret
from pydantic import SecretStr

from config.settings import SettingsError, settings
from flows.prefect_secrets import with_blocks
from tasks.alerts.transports.base import Fault, TransportError, revealed

BLOCKS = {"teams-url": "https://teams.example.jp/himitsu", "token": "himitsu", "bad-url": "ftp://himitsu"}


@pytest.fixture(autouse=True)
def blocks(monkeypatch):
    """Prefect with these blocks; it keeps which were asked for."""
    asked: list[str] = []

    class Block:
        def __init__(self, name):
            self._value = BLOCKS[name]

        def get(self):
            return self._value

    def load(name):
        asked.append(name)
        if name not in BLOCKS:
            raise ValueError(f"no block {name}, but himitsu")
        return Block(name)

    monkeypatch.setattr(Secret, "load", load)
    return asked


def test_it_puts_each_blocks_value_in_its_place_and_shows_none(blocks, caplog):
    caplog.set_level(logging.DEBUG)
    given = {
        "SHINCHOKU_WEBHOOK_URLS__TEAMS": "prefect-block:teams-url",
        "SHINCHOKU_WEBHOOK_URLS__HOOK": "https://hooks.example.jp/x",
        "SHINCHOKU_WEBHOOK_SECRETS__HOOK": "prefect-block:token",
        "SHINCHOKU_SMTP_USERNAME": "dx",
        "SHINCHOKU_SMTP_PASSWORD": "prefect-block:token",
        "SHINCHOKU_TOWN": "nagayo",
    }
    found = with_blocks(settings(given))
    assert found.webhook_urls["teams"].get_secret_value() == BLOCKS["teams-url"]
    assert found.webhook_urls["hook"].get_secret_value() == "https://hooks.example.jp/x"
    assert (
        found.webhook_secrets["hook"].get_secret_value()
        == found.smtp_password.get_secret_value()
        == "himitsu"
    )
    assert (found.town, found.smtp_username) == ("nagayo", "dx")
    assert sorted(blocks) == ["teams-url", "token", "token"]
    assert "himitsu" not in repr(found) + str(found) + caplog.text


def test_it_asks_prefect_for_nothing_where_no_block_is_named(blocks):
    plain = settings({"SHINCHOKU_WEBHOOK_SECRETS__HOOK": "x"})
    assert with_blocks(plain) is plain and blocks == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SHINCHOKU_WEBHOOK_SECRETS__HOOK", "prefect-block:gone", "「gone」を読めません（ValueError）"),
        ("SHINCHOKU_WEBHOOK_URLS__HOOK", "prefect-block:bad-url", "SHINCHOKU_WEBHOOK_URLS に合いません"),
    ],
)
def test_it_names_the_setting_and_never_the_value(name, value, says):
    with pytest.raises(SettingsError) as error:
        with_blocks(settings({name: value}))
    assert says in str(error.value) and "himitsu" not in str(error.value)
    assert error.value.__cause__ is None and error.value.__suppress_context__


def test_it_does_not_send_the_name_of_a_block_as_a_secret():
    with pytest.raises(TransportError) as error:
        revealed(SecretStr("prefect-block:token"))
    assert error.value.fault is Fault.UNREACHABLE and "Prefect から動かしたとき" in str(error.value)
