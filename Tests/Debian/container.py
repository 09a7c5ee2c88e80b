"""A root folder with the packages that Debian has everywhere, and those that a package under test depends on.

It is made of the files of this machine's own packages: nothing is downloaded, and what the package under test forgot to
depend on is not there.
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
# Nobody reads these in there.
LEFT_OUT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/")
# Made by the maintainer scripts of packages whose files are copied without running them.
MADE_BY_SCRIPTS = ["/etc/passwd", "/etc/group", "/etc/shells"]
# On a file system of today these are links into /usr.
MERGED = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]
# Of systemd, which is not in there; root alone enters the second, and services by mounts of their own, for which here
# stands that everybody may pass.
SYSTEMD_FOLDERS = [("etc/systemd/system", 0o755), ("var/lib/private", 0o711)]
# Swift's programs learn their arguments from /proc. It is mounted for the one process, and gone with it.
ENTER = """
/usr/bin/mount --bind /proc "$0/proc" || exit 125
user=$1; shift
exec /usr/sbin/chroot --userspec="$user" "$0" "$@"
"""
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# Places where files come and go.
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
        """What is essential, and all that these relations need, in turn."""
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
        """One installed package for each of the relations; versions are left to dpkg."""
        chosen = []
        for relation in filter(None, (part.strip() for part in relations.split(","))):
            names = [re.split(r"[ :(]", alternative.strip())[0] for alternative in relation.split("|")]
            candidates = [name for name in names if name in self.stanzas]
            candidates += [provider for name in names for provider in self.providers.get(name, [])]
            if not candidates:
                raise SystemExit(f"for {relation} nothing is installed here: apt-get install {names[0]}")
            chosen.append(candidates[0])
        return chosen

    def records(self, name: str) -> list[Path]:
        """What dpkg knows of a package: its list of files, its scripts."""
        found = [*(DPKG / "info").glob(f"{name}.*"), *(DPKG / "info").glob(f"{name}:*.*")]
        return [path for path in found if re.split(r"[:.](?=[^.]*$)|:", path.name)[0] == name or path.stem == name]

    def files(self, name: str) -> list[str]:
        lists = [path for path in self.records(name) if path.suffix == ".list"]
        return [line for path in lists for line in path.read_text().splitlines() if line != "/."]


class ContainerRoot:
    """The folder, in which programs run by chroot."""

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
        """Folders come with their rights; what lies in them is named itself."""
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
        """Tells dpkg in there what is installed."""
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
        """The command line that runs a program in there."""
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", ENTER, str(self.path), f"{user}:{user}", *arguments]

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end; both of its outputs are in `stdout`."""
        result = subprocess.run(
            self.command(*arguments), env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if check and result.returncode:
            raise AssertionError(f"{' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}")
        return result

    def inventory(self) -> set[str]:
        """All files there are, without dpkg's own and what changes by itself."""
        found = set()
        for folder, folders, files in os.walk(self.path):
            place = os.path.relpath(folder, self.path)
            if not place.startswith(CHANGING):
                found |= {os.path.normpath(os.path.join(place, name)) for name in folders + files}
        return found

    def __truediv__(self, name: str) -> Path:
        return self.path / name
