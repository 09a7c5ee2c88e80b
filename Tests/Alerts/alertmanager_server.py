"""A real Alertmanager on a free port of this machine, for tests of the example configuration."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

# Debian's name first; elsewhere it is called as its makers call it.
PROGRAMS = ("prometheus-alertmanager", "alertmanager")
DEADLINE_SECONDS = 60


class Alertmanager:
    """Runs from `start` to `stop`. It sends nothing: its receivers are at addresses that do not exist."""

    def __init__(self, configuration: Path) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="alertmanager-")
        self.log = open(Path(self.folder.name) / "log", "w+", encoding="utf-8")  # pylint: disable=consider-using-with
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        program = os.environ.get("ALERTMANAGER") or next(filter(None, map(shutil.which, PROGRAMS)), PROGRAMS[0])
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [
                program,
                f"--config.file={configuration}",
                f"--web.listen-address={self.address}",
                f"--storage.path={self.folder.name}",
                "--cluster.listen-address=",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def wait_until_ready(self) -> None:
        """Returns when it answers; RuntimeError with its log where it ends instead."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5):
                    return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.log.seek(0)
                    raise RuntimeError(f"Alertmanager does not start:\n{self.log.read()}") from None
                time.sleep(0.1)

    def post(self, alerts: list[dict[str, str]]) -> None:
        """Alerts, given as labels, that fire from now on."""
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://{self.address}/api/v2/alerts", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30):
                pass
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"Alertmanager refuses the alerts: {error.read().decode()}") from error

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts as Alertmanager shows them, `status.inhibitedBy` included."""
        with urllib.request.urlopen(f"http://{self.address}/api/v2/alerts", timeout=30) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Ends the process and removes its folder."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()
