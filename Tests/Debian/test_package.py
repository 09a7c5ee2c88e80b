"""Installs the Debian package in a root directory of its own; runs, upgrades, removes and purges it.

    DEB_PROGRAM=PROGRAM python Tests/Debian/test_package.py     (as root: it needs chroot, mknod and mount)

DEB_PROGRAM is the program to package; that of the tests is enough. If the Swift runtime is not linked statically, its
libraries are copied to the root directory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

from container import ContainerRoot
from service import PATIENCE, Service

SOURCES = Path(__file__).resolve().parents[2]
UNIT = "mailstore_exporter.service"
LINK = f"etc/systemd/system/multi-user.target.wants/{UNIT}"
CONFIGURATION = "etc/mailstore_exporter/mailstore_exporter.yml"
SECRET = "wörd of the package test"
# Replaces systemctl: records its arguments, and enables the service.
SYSTEMCTL = f"""#!/bin/sh
echo "$@" >> /tmp/systemctl.log
case "$*" in
*preset*{UNIT}) mkdir -p $(dirname /{LINK}) && ln -s /lib/systemd/system/{UNIT} /{LINK} ;;
*is-enabled*{UNIT}) [ ! -h /{LINK} ] || echo enabled ;;
*is-active*) exit "$(cat /tmp/inactive)" ;;
esac
"""


def output(*arguments: str, **variables: str) -> str:
    return subprocess.run(
        arguments, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def build(folder: Path, version: str) -> Path:
    """Builds the package of the program, without compression to save time."""
    return Path(output(
        str(SOURCES / "Sources/Debian/build.sh"), os.environ["DEB_PROGRAM"], str(folder), DEB_VERSION=version,
        DEB_COMPRESSION="none", DEB_UNOWNED="1"))


def libraries(program: str | Path) -> set[Path]:
    return {Path(path) for path in re.findall(r"=> (/\S+)", output("ldd", str(program)))}


def unowned_libraries(program: str) -> set[Path]:
    """The libraries of a program from the Swift toolchain, and their dependencies; none in a release."""
    swift = {path for path in libraries(program) if "/swift/" in str(path)}
    needed = swift.union(*(libraries(path) for path in swift))
    return needed | {path.resolve() for path in needed}


class PackageTest(unittest.TestCase):
    """Builds two packages once: the second has a higher version and a changed sample configuration."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.scratch = tempfile.TemporaryDirectory(prefix="mailstore_exporter-deb-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = Path(cls.scratch.name)
        cls.old = build(cls.folder, "0.0.1-1")
        cls.new = cls.rebuilt(cls.old, "0.0.2-1")
        root = cls.folder / "root"
        root.mkdir()
        cls.root = ContainerRoot(root, output("dpkg-deb", "-f", str(cls.old), "Depends"),
                                 unowned_libraries(os.environ["DEB_PROGRAM"]))

    @classmethod
    def rebuilt(cls, package: Path, version: str) -> Path:
        tree = cls.folder / "tree"
        output("dpkg-deb", "-R", str(package), str(tree))
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*", f"Version: {version}", control.read_text()))
        for sample in (tree / CONFIGURATION, tree / "usr/share/mailstore_exporter/mailstore_exporter.yml"):
            sample.write_text(sample.read_text() + "# New in this version.\n")
        result = cls.folder / "new.deb"
        output("dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(result))
        return result


class ContentTest(PackageTest):
    """The content and the fields of the package."""

    def test_fields(self) -> None:
        fields = output("dpkg-deb", "-f", str(self.old))
        self.assertRegex(fields, r"(?m)^Package: mailstore-exporter$")
        self.assertRegex(fields, r"(?m)^Depends: .*libc6 \(>= .*libcurl4.*libmicrohttpd12.*tzdata")
        self.assertNotIn("${", fields)

    def test_version_is_the_programs_unless_told_otherwise(self) -> None:
        package = build(self.folder, "")
        version = output(os.environ["DEB_PROGRAM"], "--version")
        self.assertEqual(output("dpkg-deb", "-f", str(package), "Version"), f"{version}-1")

    def test_files_belong_to_root_and_only_programs_can_be_run(self) -> None:
        for line in output("dpkg-deb", "-c", str(self.old)).splitlines():
            rights, owner, *_, name = line.split()
            self.assertEqual(owner, "root/root", name)
            is_program = rights[0] == "d" or name.startswith("./usr/bin/")
            self.assertEqual(rights[1:], "rwxr-xr-x" if is_program else "rw-r--r--", name)

    def test_everything_under_etc_is_a_conffile(self) -> None:
        listed = output("dpkg-deb", "-I", str(self.old), "conffiles").split()
        self.assertEqual(listed, ["/etc/default/mailstore_exporter", f"/{CONFIGURATION}"])

    def test_the_kit_is_there_without_what_has_its_place_elsewhere(self) -> None:
        files = {line.split()[-1].removeprefix(".") for line in output("dpkg-deb", "-c", str(self.old)).splitlines()}
        self.assertIn("/usr/share/man/man1/mailstore_exporter-check.1.gz", files)
        self.assertIn("/usr/share/bash-completion/completions/mailstore_exporter", files)
        share = "/usr/share/mailstore_exporter"
        for name in ("prometheus/rules/mailstore.rules.yml", "prometheus/rules/runbook.md",
                     "grafana/dashboards/mailstore-fleet.json", "mailstore_exporter.yml"):
            self.assertIn(f"{share}/{name}", files)
        for name in files:
            self.assertFalse(name.startswith((f"{share}/systemd", f"{share}/README")), name)

    def test_units_name_the_program_where_it_is(self) -> None:
        tree = self.folder / "units"
        output("dpkg-deb", "-x", str(self.old), str(tree))
        for unit in (tree / "lib/systemd/system").iterdir():
            text = unit.read_text()
            self.assertNotIn("/usr/local", text)
            if unit.name == UNIT:
                self.assertIn("ExecStart=/usr/bin/mailstore_exporter --config.file=/etc/mailstore_exporter/", text)
        self.assertEqual(len(list((tree / "lib/systemd/system").iterdir())), 2)


class LifeTest(PackageTest):
    """From the first installation to the purge, with a simulated server to monitor."""

    def setUp(self) -> None:
        self.root.run("dpkg", "--purge", "mailstore-exporter")
        self.before = self.root.inventory()
        for name in ("run/systemd", "usr/bin/systemctl", "tmp/systemctl.log"):
            self.assertFalse((self.root / name).exists(), name)

    def install(self, package: Path, *options: str) -> str:
        target = self.root / "tmp/package.deb"
        target.write_bytes(package.read_bytes())
        return self.root.run("dpkg", *options, "--install", "/tmp/package.deb").stdout

    def configure(self, server: dict[str, str], lookback: str) -> str:
        """Fills in the configuration, as the administrator does."""
        (self.root / "etc/mailstore_exporter").mkdir(exist_ok=True)
        password = self.root / "etc/mailstore_exporter/password"
        password.write_text(SECRET + "\n")
        password.chmod(0o600)
        text = f"""\
targets:
  - name: archive
    url: {server["url"]}
    username: admin
    password_file: ${{CREDENTIALS_DIRECTORY}}/password
    tls: {{ pinned_public_key: "{server["pinned_public_key"]}" }}
collection: {{ interval: 1s, lookback: {lookback} }}
"""
        (self.root / CONFIGURATION).write_text(text)
        (self.root / "etc/default").mkdir(exist_ok=True)
        (self.root / "etc/default/mailstore_exporter").write_text('ARGS="--web.listen-address=127.0.0.1:0"\n')
        return text

    def simulate(self) -> dict[str, str]:
        """Starts a simulated server whose clock stands still, until the end of the test."""
        log = (self.folder / "server.log").open("w+")
        process = subprocess.Popen(
            [os.environ["DEB_PROGRAM"], "simulate", "--port=0", f"--password={SECRET}", "--simulation.speed=0",
             "--simulation.history=20", "--log.format=json"], stdout=log, stderr=subprocess.PIPE, text=True)
        self.addCleanup(log.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return json.loads(process.stderr.readline())

    def serve(self) -> dict[str, float]:
        """Runs the service until it has collected everything, and returns its counters."""
        with Service(self.root, UNIT) as service:
            status = service.wait_for("READY=1")
            address = status.split(" ")[-1]
            self.assertRegex(status, r"^STATUS=Watching 1 target, listening on 127\.0\.0\.1:[0-9]+$")
            page: dict[str, float] = {}
            for _ in range(PATIENCE):
                service.wait_for("WATCHDOG=1")
                page = self.scrape(address)
                if sum(value for name, value in page.items() if name.startswith("mailstore_collector_success{")) == 7:
                    break
            self.assertEqual(page.get('mailstore_up{target="archive"}'), 1, service._read_log())
            self.assertEqual(service.stop(), 0)
            self.assertNotIn(SECRET, service.log)
        return {name: value for name, value in page.items() if re.match(r"mailstore_(job|profile)_runs_total", name)}

    def scrape(self, address: str) -> dict[str, float]:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as reply:
            lines = reply.read().decode().splitlines()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line and line[0] != "#"}

    def assert_purged(self) -> None:
        self.assertEqual(self.root.inventory() - self.before, set())

    def test_life(self) -> None:
        server = self.simulate()
        said = self.install(self.old)
        self.assertIn("systemctl enable --now mailstore_exporter", said)
        self.assertFalse((self.root / LINK).is_symlink(), "enabled without a configuration")

        configuration = self.configure(server, "30d")
        # What systemctl enable does.
        (self.root / LINK).parent.mkdir(exist_ok=True)
        (self.root / LINK).symlink_to(f"/lib/systemd/system/{UNIT}")
        counters = self.serve()
        self.assertGreater(sum(counters.values()), 0)

        # An unattended upgrade. With the shorter look-back, lost counters would come back smaller.
        configuration = self.configure(server, "1h")
        self.install(self.new, "--force-confold")
        self.assertEqual(self.root.run("dpkg-query", "-W", "-f=${Version}", "mailstore-exporter").stdout, "0.0.2-1")
        self.assertEqual((self.root / CONFIGURATION).read_text(), configuration)
        self.assertIn("# New in this version.", (self.root / f"{CONFIGURATION}.dpkg-dist").read_text())
        self.assertTrue((self.root / LINK).is_symlink(), "disabled by the upgrade")
        self.assertEqual(self.serve(), counters)

        self.root.run("dpkg", "--remove", "mailstore-exporter")
        self.assertFalse((self.root / "usr/bin/mailstore_exporter").exists())
        self.assertEqual((self.root / CONFIGURATION).read_text(), configuration)
        self.assertEqual(os.readlink(self.root / f"etc/systemd/system/{UNIT}"), "/dev/null")

        self.install(self.new, "--force-confold")
        self.assertFalse((self.root / f"etc/systemd/system/{UNIT}").is_symlink())
        self.assertTrue((self.root / LINK).is_symlink(), "not enabled again")
        self.assertEqual(self.serve(), counters)

        self.root.run("dpkg", "--purge", "mailstore-exporter")
        self.assert_purged()

        # The state was purged, so the counters are smaller. The configuration was there first, so the service is enabled.
        self.configure(server, "1h")
        said = self.install(self.old, "--force-confold")
        self.assertNotIn("fill in", said)
        self.assertTrue((self.root / LINK).is_symlink(), "not enabled")
        self.assertLess(sum(self.serve().values()), sum(counters.values()))
        self.root.run("dpkg", "--purge", "mailstore-exporter")
        self.assert_purged()

    def test_commands_to_systemd(self) -> None:
        """If systemd is running, the scripts call it."""
        (self.root / "run/systemd/system").mkdir(parents=True)
        stub = self.root / "usr/bin/systemctl"
        stub.write_text(SYSTEMCTL)
        stub.chmod(0o755)
        inactive = self.root / "tmp/inactive"

        def told() -> list[str]:
            log = self.root / "tmp/systemctl.log"
            lines = log.read_text().splitlines() if log.exists() else []
            log.unlink(missing_ok=True)
            # Debian's helpers reload the units any number of times.
            wanted = {"start", "restart", "stop", "daemon-reload"}
            lines = [line.replace("--quiet ", "").replace("--system ", "") for line in lines if wanted & set(line.split())]
            return [line for line, next_line in zip(lines, [*lines[1:], ""]) if line != next_line]

        try:
            inactive.write_text("3")
            self.install(self.old)
            self.assertEqual(told(), ["daemon-reload"])
            self.root.run("dpkg", "--purge", "mailstore-exporter")
            told()

            # A valid configuration, although there is no MailStore.
            self.configure({"url": "https://127.0.0.1:1", "pinned_public_key": "sha256//" + "A" * 43 + "="}, "1h")
            said = self.install(self.old, "--force-confold")
            self.assertEqual(told(), ["daemon-reload", f"start {UNIT}"], said)
            inactive.write_text("0")
            self.install(self.new, "--force-confold")
            self.assertEqual(told(), ["daemon-reload", f"restart {UNIT}"])
            self.root.run("dpkg", "--remove", "mailstore-exporter")
            self.assertEqual(told(), [f"stop mailstore_exporter.socket {UNIT}", "daemon-reload"])
        finally:
            stub.unlink()
            (self.root / "run/systemd/system").rmdir()
            (self.root / "run/systemd").rmdir()
            (self.root / "tmp/systemctl.log").unlink(missing_ok=True)


if __name__ == "__main__":
    unittest.main()
