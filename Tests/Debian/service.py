"""Runs a service as described by its unit file, without systemd: this module does what systemd would do."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from container import ContainerRoot

# From the range that systemd uses for DynamicUser=.
DYNAMIC_USER = 61543
PATIENCE = 60  # Timeout in seconds, long enough for a busy machine.


class Unit:
    """The settings of a unit file."""

    def __init__(self, path: Path) -> None:
        self.settings: list[tuple[str, str]] = []
        for line in path.read_text().splitlines():
            if "=" in line and not line.startswith(("#", ";")):
                key, value = line.split("=", 1)
                self.settings.append((key, value))

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.settings if name == key]

    def __getitem__(self, key: str) -> str:
        """The one value of a setting."""
        [value] = self.all(key)
        return value


class Service:
    """A process that is started as its unit says, and ended with the block."""

    def __init__(self, root: ContainerRoot, unit: str) -> None:
        self.root = root
        self.unit = Unit(root / f"lib/systemd/system/{unit}")
        self.name = unit.removesuffix(".service")
        self.log = ""
        self.notifications: list[str] = []

    def __enter__(self) -> Service:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **self._variables()}
        environment["STATE_DIRECTORY"] = self._state_directory()
        environment["CREDENTIALS_DIRECTORY"] = self._credentials()
        environment["NOTIFY_SOCKET"] = "/run/notify"
        environment["WATCHDOG_USEC"] = "2000000"
        self.manager = self._manager()
        command: list[str] = []
        for word in shlex.split(self.unit["ExecStart"]):
            command += environment.get(word[1:], "").split() if word[0] == "$" else [word]
        self.log_file = (self.root / "tmp/service.log").open("w+")
        self.process = subprocess.Popen(
            self.root.command(*command, user=DYNAMIC_USER), env=environment, stdin=subprocess.DEVNULL,
            stdout=self.log_file, stderr=self.log_file)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.manager.close()
        self.log_file.close()

    def wait_for(self, notification: str) -> str:
        """Waits for a notification of the service, and returns the STATUS line that came with it."""
        for lines in self._notified():
            if notification in lines:
                return next((line for line in lines if line.startswith("STATUS=")), "")
        raise AssertionError(f"the service did not send {notification}:\n{self._read_log()}")

    def stop(self) -> int:
        """Stops the service as systemd does, and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self._read_log()
        return code

    def _notified(self) -> Iterator[list[str]]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                lines = self.manager.recv(4096).decode().split("\n")
            except TimeoutError:
                continue
            self.notifications += lines
            yield lines

    def _read_log(self) -> str:
        self.log = (self.root / "tmp/service.log").read_text()
        return self.log

    def _manager(self) -> socket.socket:
        path = self.root / "run/notify"
        path.unlink(missing_ok=True)
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(str(path))
        manager.settimeout(1)
        path.chmod(0o666)
        return manager

    def _variables(self) -> dict[str, str]:
        """The variables in the files of EnvironmentFile=, which may be missing."""
        found = {}
        for name in self.unit.all("EnvironmentFile"):
            path = self.root / name.lstrip("-/")
            for line in path.read_text().splitlines() if path.exists() else []:
                if line and not line.startswith("#"):
                    key, value = line.split("=", 1)
                    found[key] = " ".join(shlex.split(value))
        return found

    def _state_directory(self) -> str:
        """Creates the state directory: with DynamicUser= it is in private/, and a link has its name."""
        name = self.unit["StateDirectory"]
        place = self.root / "var/lib/private" / name
        place.mkdir(exist_ok=True)
        for path in [place, *place.rglob("*")]:
            os.chown(path, DYNAMIC_USER, DYNAMIC_USER)
        place.chmod(int(self.unit["StateDirectoryMode"], 8))
        link = self.root / f"var/lib/{name}"
        if not link.is_symlink():
            link.symlink_to(f"private/{name}")
        return f"/var/lib/{name}"

    def _credentials(self) -> str:
        folder = self.root / f"run/credentials/{self.name}.service"
        folder.mkdir(parents=True, exist_ok=True)
        for credential in self.unit.all("LoadCredential"):
            name, source = credential.split(":", 1)
            copy = folder / name
            copy.unlink(missing_ok=True)
            copy.write_bytes((self.root / source.lstrip("/")).read_bytes())
            os.chown(copy, DYNAMIC_USER, DYNAMIC_USER)
            copy.chmod(0o400)
        return f"/run/credentials/{self.name}.service"
