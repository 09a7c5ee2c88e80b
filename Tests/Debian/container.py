"""A root directory with Debian's essential packages and the dependencies of a package under test.

It has copies of the files of this machine's own packages. Nothing is downloaded, and a package that is missing in the
dependencies of the package under test is not there.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

DPKG = Path("/var/lib/dpkg")
# Files that no test needs.
LEFT_OUT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/")
# Created by maintainer scripts, which are not run for the copied packages.
MADE_BY_SCRIPTS = ["/etc/passwd", "/etc/group", "/etc/shells"]
# Links into /usr on a merged file system.
MERGED = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]
# Directories of systemd, which is not installed there. In reality only root can enter the second one, and services reach
# it through mounts of their own; here everybody can enter it.
SYSTEMD_FOLDERS = [("etc/systemd/system", 0o755), ("var/lib/private", 0o711)]
# Swift programs read their arguments from /proc. It is mounted for one process only.
ENTER = """
/usr/bin/mount --bind /proc "$0/proc" || exit 125
user=$1; shift
exec /usr/sbin/chroot --userspec="$user" "$0" "$@"
"""
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# Directories whose content changes by itself.
CHANGING = ("var/lib/dpkg", "var/log", "var/cache", "tmp", "run", "dev", "proc")
DEVICES = {"null": (1, 3), "zero": (1, 5), "random": (1, 8), "urandom": (1, 9)}


class Packages:
    """The packages that are installed on this machine."""

    def __init__(self) -> None:
        self.stanzas: dict[str, dict[str, str]] = {}
        self.texts: dict[str, str] = {}
        self.providers: dict[str, list[str]] = {}
        for text in (DPKG / "status").read_text().split("\n\n"):
            fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", text, re.MULTILINE))
            if fields.get("Status", "").endswith(" ok installed"):
                name = fields["Package"]
                self.stanzas[name] = fields
                self.texts[name] = text.strip()
                for provided in fields.get("Provides", "").split(","):
                    self.providers.setdefault(provided.strip().split(" ")[0], []).append(name)

    def closure(self, relations: str) -> list[str]:
        """The essential packages, and everything that these relations depend on."""
        wanted = [name for name, fields in self.stanzas.items() if fields.get("Essential") == "yes"]
        wanted += self.resolve(relations)
        found: dict[str, None] = {}
        while wanted:
            name = wanted.pop()
            if name not in found:
                found[name] = None
                fields = self.stanzas[name]
                wanted += self.resolve(", ".join(fields.get(kind, "") for kind in ("Pre-Depends", "Depends")))
        return sorted(found)

    def resolve(self, relations: str) -> list[str]:
        """One installed package for each relation; dpkg checks the versions."""
        chosen = []
        for relation in filter(None, (part.strip() for part in relations.split(","))):
            names = [re.split(r"[ :(]", alternative.strip())[0] for alternative in relation.split("|")]
            candidates = [name for name in names if name in self.stanzas]
            candidates += [provider for name in names for provider in self.providers.get(name, [])]
            if not candidates:
                raise SystemExit(f"no package for {relation} is installed on this machine: apt-get install {names[0]}")
            chosen.append(candidates[0])
        return chosen

    def records(self, name: str) -> list[Path]:
        """dpkg's files about a package: its list of files, its scripts."""
        found = [*(DPKG / "info").glob(f"{name}.*"), *(DPKG / "info").glob(f"{name}:*.*")]
        return [path for path in found if re.split(r"[:.](?=[^.]*$)|:", path.name)[0] == name or path.stem == name]

    def files(self, name: str) -> list[str]:
        lists = [path for path in self.records(name) if path.suffix == ".list"]
        return [line for path in lists for line in path.read_text().splitlines() if line != "/."]


class ContainerRoot:
    """The directory, in which programs run with chroot."""

    def __init__(self, path: Path, relations: str, libraries: Iterable[Path] = ()) -> None:
        self.path = path
        packages = Packages()
        names = packages.closure(relations)
        for name in MERGED:
            if Path("/", name).is_symlink():
                os.symlink(os.readlink(f"/{name}").lstrip("/"), path / name)
                (path / name).resolve().mkdir(parents=True)
        files = [file for name in names for file in packages.files(name)]
        self._copy([*files, *MADE_BY_SCRIPTS])
        self._copy(str(library) for library in libraries)
        self._describe(packages, names)
        for folder, mode in (("dev", 0o755), ("proc", 0o555), ("run", 0o755), ("tmp", 0o1777), *SYSTEMD_FOLDERS):
            (path / folder).mkdir(parents=True, exist_ok=True)
            (path / folder).chmod(mode)
        for name, (major, minor) in DEVICES.items():
            os.mknod(path / "dev" / name, 0o666 | stat.S_IFCHR, os.makedev(major, minor))
            (path / "dev" / name).chmod(0o666)
        self.run("ldconfig")

    def _copy(self, files: Iterable[str]) -> None:
        """Copies files, and directories with their permissions but without their content."""
        wanted = [file for file in files if not file.startswith(LEFT_OUT) and os.path.lexists(file)]
        names = self.path / "names"
        names.write_bytes("\0".join(file.lstrip("/") for file in wanted).encode())
        pack = ["tar", "--create", "--directory=/", "--no-recursion", "--null", f"--files-from={names}"]
        unpack = ["tar", "--extract", "--preserve-permissions", "--keep-directory-symlink", f"--directory={self.path}"]
        with subprocess.Popen(pack, stdout=subprocess.PIPE) as reader:
            unpacked = subprocess.run(unpack, stdin=reader.stdout, check=False)
        if unpacked.returncode or reader.returncode:
            raise SystemExit("the files of this machine's packages cannot be copied")
        names.unlink()

    def _describe(self, packages: Packages, names: list[str]) -> None:
        """Writes dpkg's database of installed packages."""
        folder = self.path / "var/lib/dpkg"
        for part in ("info", "updates", "triggers"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text("".join(f"{packages.texts[name]}\n\n" for name in names))
        for name in names:
            for record in packages.records(name):
                shutil.copy2(record, folder / "info")
        for record in ("format", "arch"):
            if (DPKG / "info" / record).exists():
                shutil.copy2(DPKG / "info" / record, folder / "info")

    def command(self, *arguments: str, user: int = 0) -> list[str]:
        """The command line that runs a program in the root directory."""
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", ENTER, str(self.path), f"{user}:{user}", *arguments]

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a program until it ends; its standard output and error are in `stdout`."""
        result = subprocess.run(
            self.command(*arguments), env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if check and result.returncode:
            raise AssertionError(f"{' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}")
        return result

    def inventory(self) -> set[str]:
        """All files, except dpkg's own and those that change by themselves."""
        found = set()
        for folder, folders, files in os.walk(self.path):
            place = os.path.relpath(folder, self.path)
            if not place.startswith(CHANGING):
                found |= {os.path.normpath(os.path.join(place, name)) for name in folders + files}
        return found

    def __truediv__(self, name: str) -> Path:
        return self.path / name
