"""Without a network: the embedded watch and the cockpit start, work, and do not even try to reach out.

Collected where the system lets us make a network namespace (see conftest).
"""

from __future__ import annotations

import json
import subprocess
import sys

from processes import ROOT

UNSHARE = ["unshare", "--map-root-user", "--net", sys.executable, str(ROOT / "tests/support/alone.py")]


def test_it_works_without_a_network_and_sends_nothing_out(tmp_path, sample_inbox):
    done = subprocess.run(
        [*UNSHARE, str(tmp_path), str(sample_inbox)],
        check=False, capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.pop("packets_when_tried") > 0, "the counter counts nothing"
    assert result == {"embedded": 0, "embedded_packets": 0, "cockpit": "COMPLETED", "cockpit_packets": 0}
