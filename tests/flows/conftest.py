"""One real cockpit for every test that needs Prefect's server: it costs 15 seconds to start."""

from __future__ import annotations

import pytest
from processes import free_port
from real_cockpit import START_SECONDS, UP, Cockpit, start_up


@pytest.fixture(scope="session")
def sample_inbox(tmp_path_factory):
    """The sample inbox of the first day."""
    from tasks.samples.build import build_inbox

    folder = tmp_path_factory.mktemp("sample") / "inbox"
    build_inbox(folder, 1)
    return folder


@pytest.fixture(scope="session")
def cockpit(tmp_path_factory):
    """A cockpit that is up for the whole session."""
    home = tmp_path_factory.mktemp("cockpit")
    port = free_port()
    with start_up(home, port) as process:
        process.says(UP, START_SECONDS)
        yield Cockpit(process, home, port)
