"""A real ``shinchoku up`` in a process of its own, and its API."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from processes import Running, running, wait_for

MAIN = "from flows.cli import main; main()"
UP = "コックピットが動いています"
START_SECONDS = 240


@dataclass
class Cockpit:
    """A running ``shinchoku up``, its home and its API."""

    process: Running
    home: Path
    port: int

    @property
    def api(self) -> str:
        """Where its server answers."""
        return f"http://127.0.0.1:{self.port}/api"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API past any proxy; fail on a refusal."""
        answer = self.try_to_ask(method, path, body)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def try_to_ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Call the API past any proxy; as Prefect's own client, ask again while its database is locked."""
        with self.session() as session:

            def answered() -> list[requests.Response]:
                answer = session.request(method, self.api + path, json=body, timeout=30)
                return [] if answer.status_code == 503 else [answer]

            return wait_for(answered, 20)[0]

    @property
    def auth(self) -> str:
        """What the UI asks for."""
        return (self.home / "prefect" / "login.txt").read_text().strip()

    def session(self) -> requests.Session:
        """A session that is logged in and may change things."""
        session = requests.Session()
        session.trust_env = False
        session.auth = tuple(self.auth.split(":", 1))
        client = str(uuid4())
        answer = session.get(f"{self.api}/csrf-token", params={"client": client}, timeout=30)
        assert answer.ok, answer.text
        session.headers.update({"Prefect-Csrf-Client": client, "Prefect-Csrf-Token": answer.json()["token"]})
        return session

    def deployment(self, name: str = "進捗監視") -> Any:
        """The deployment whose name begins like this."""
        every = self.ask("POST", "/deployments/filter", {})
        (deployment,) = [each for each in every if each["name"].partition(" ")[0] == name]
        return deployment

    def ended(self, run_id: str, seconds: float = 240) -> Any:
        """Wait until a flow run has ended; return it."""

        def look() -> Any:
            run = self.ask("GET", f"/flow_runs/{run_id}")
            return run if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        return wait_for(look, seconds, lambda: self.home.joinpath("prefect", "serving.log").read_text())

    def run(self, order: dict[str, Any], name: str = "進捗監視") -> Any:
        """Run a deployment with this order, to its end."""
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return self.ended(self.ask("POST", path, {"parameters": {"order": order}})["id"])

    def of_run(self, kind: str, run_id: str) -> list[Any]:
        """The ``artifacts``, ``task_runs`` or ``logs`` of a run."""
        return list(self.ask("POST", f"/{kind}/filter", {"flow_runs": {"id": {"any_": [run_id]}}}))


def start_up(home: Path, port: int):
    """``shinchoku up`` in a process of its own, in this home."""
    return running(["-c", MAIN, "up", "--port", str(port)], home, str(home))
