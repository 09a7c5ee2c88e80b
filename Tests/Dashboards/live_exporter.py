"""An exporter with a configuration of its own, watching simulated servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from live_programs import Program, run

COLLECTORS = ("server", "license", "users", "sessions", "stores", "jobs", "profiles")


def configuration(servers: list[tuple[str, str, str]], folder: Path, more: str = "") -> Path:
    """A configuration that collects everything every second: of servers by name, URL and pin, each with more lines."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text("simulated", encoding="utf-8")
    (folder / "password").chmod(0o600)
    lines = ["targets:"]
    for name, url, pin in servers:
        lines += [f"  - name: {name}", f"    url: {url}", "    username: admin", "    password_file: password",
                  "    tls:", f"      pinned_public_key: {pin}"]
        lines += [f"    {more}"] if more else []
    intervals = ", ".join(f"{name}: 1s" for name in COLLECTORS)
    lines += ["collection:", "  interval: 1s", "  timeout: 2s", "  connect_timeout: 1s", "  max_age: 1h",
              f"  intervals: {{{intervals}}}", f"state_directory: {folder / 'state'}"]
    file = folder / "exporter.yml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@contextmanager
def exporter(binary: Path, folder: Path, servers: list[tuple[str, str, str]], more: str = "") -> Iterator[str]:
    """The address of an exporter that watches those servers."""
    with Program("exporter", [binary, "--config.file", configuration(servers, folder, more),
                              "--web.listen-address", "127.0.0.1:0"], folder) as program:
        yield program.logged(r"msg=listening address=(\S+)")[1]


def order(server: str, query: str) -> None:
    """Orders a fault from a simulated server, such as function=GetStores&fault=hang."""
    run("the order of a fault", [
        "curl", "-sSfk", "-o", "/dev/null", "-X", "POST", f"{server}/simulator/faults?{query}"])


def take_back(server: str) -> None:
    """Takes all faults back."""
    run("the end of a fault", ["curl", "-sSfk", "-o", "/dev/null", "-X", "POST", f"{server}/simulator/faults/clear"])
