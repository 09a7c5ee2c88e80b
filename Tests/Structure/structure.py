"""Checks the structure of the repository: the dependencies of its targets, its documents, and some rules for sources.

    swift package dump-package | python3 Tests/Structure/structure.py --package -

It fails where
- a target depends on a target that `ALLOWED` does not list for it, or a file imports a module that its target does not
  declare in Package.swift, or a declared module is never imported;
- a file cites a document or a heading of a document that is not in the repository, or a link of a document is broken;
- a Swift source file is too long, declares something as public outside of the library, or opts out of the compiler's
  checks of data races without a `// Safety:` comment.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from markdown_pages import LINK, anchors, dead_link, headings, links

#: What each target may depend on: the architecture (docs/architecture.md). The program may depend on everything.
ALLOWED = {name: set(others.split()) for name, others in {
    "PlainText": "",
    "OperatingSystem": "PlainText",
    "Exposition": "CZlib PlainText",
    "MailStoreAPI": "OperatingSystem PlainText",
    "CurlTransport": "CCurl CGnuTLS MailStoreAPI OperatingSystem PlainText",
    "MicroHTTPServer": "CGnuTLS CMicroHTTPD OperatingSystem PlainText",
    "MailStoreSimulator": "CGnuTLS MicroHTTPServer OperatingSystem",
    "Configuration": "MailStoreAPI OperatingSystem PlainText",
    "SQLite": "CSQLite",
    "Ledger": "Configuration MailStoreAPI OperatingSystem PlainText SQLite",
    "Systemd": "OperatingSystem PlainText",
    "LogOutput": "OperatingSystem PlainText",
    "Collection": "Configuration CurlTransport Exposition Ledger MailStoreAPI OperatingSystem PlainText Systemd",
    "Web": "CCrypt CGnuTLS Collection Configuration Exposition Ledger MailStoreAPI MicroHTTPServer OperatingSystem "
           "PlainText",
    "Commands": "Collection Configuration CurlTransport Exposition Ledger MailStoreAPI OperatingSystem PlainText",
    "Kit": "KitPlugin OperatingSystem",
    "KitGenerator": "",
    "KitPlugin": "KitGenerator",
    "CBuildInformation": "",
    "CCurl": "", "CMicroHTTPD": "", "CGnuTLS": "", "CCrypt": "", "CSQLite": "", "CZlib": "",
}.items()}
PROGRAM = "mailstore_exporter"
#: The only target with public declarations: the others are not for users of the package.
LIBRARY = "MailStoreSimulator"
#: Modules of the platform, which need no declaration.
PLATFORM = {"Dispatch", "Foundation", "Glibc", "PackagePlugin", "Synchronization", "Testing"}
MAXIMUM_LINES = 400

REQUIRED_PAGES = ("README.md", "CHANGELOG.md")
#: Names of documents that tests make up.
MADE_UP = {"nothing.md", "other.md", "more.md"}
#: Files without citations: data, and this check with its tests.
SKIPPED_SUFFIXES = (".json", ".png", ".pem")
SKIPPED_FOLDERS = ("Tests/Structure",)

IMPORT = re.compile(r"(?:@\w+ +)*(?:(?:public|package|internal|private|fileprivate) +)?import +(?:\w+ +)?(\w+)")
#: What can precede the last import of a file.
BEFORE_IMPORTS = re.compile(r"\s*($|//|#)")
PUBLIC = re.compile(r"\s*(?:@\w+(?:\([^)]*\))? +)*(?:public|open)\b")
UNCHECKED = re.compile(r"^(?!\s*//).*(?:@unchecked Sendable|nonisolated\(unsafe\))")
DOCUMENT = re.compile(r"(?<![\w/.@*:-])(?P<path>[\w./-]+\.md)(?:#(?P<anchor>[\w-]+))?")
#: A heading that is cited after its document, perhaps on the next line of a comment, as in (`docs/api.md`, "Outcomes").
CITED_HEADING = re.compile(r"`,(?:\s*(?://+|#))?\s*\"([^\"]+)\"")


class Structure:
    """All checks over one repository; `run` returns what is wrong."""

    def __init__(self, root: Path, package: dict) -> None:
        self.root = root
        self.package = package
        self.faults: list[str] = []
        self.targets = {target["name"]: target for target in package["targets"]}
        self.products = {product for target in package["targets"] for product in self._products(target)}

    def run(self) -> list[str]:
        """Run every check."""
        self._check_arrows()
        for name, target in self.targets.items():
            if target["type"] != "system":
                self._check_imports(name, target)
        for file in self._files():
            if file.suffix == ".swift" and file.is_relative_to(self.root / "Sources"):
                self._check_source(file)
            self._check_citations(file)
        self._check_pages()
        return self.faults

    def _fault(self, file: Path, number: int, text: str) -> None:
        self.faults.append(f"{file.relative_to(self.root)}:{number}: {text}")

    def _files(self) -> Iterator[Path]:
        """All files of the repository, without what is hidden or built."""
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    yield Path(folder, name)

    # Targets

    @staticmethod
    def _declared(target: dict) -> set[str]:
        """The targets that a target names in Package.swift."""
        names = {(dependency.get("byName") or dependency.get("target") or [None])[0]
                 for dependency in target["dependencies"]}
        plugins = {(usage.get("plugin") or [None])[0] for usage in target.get("pluginUsages") or []}
        return (names | plugins) - {None}

    @staticmethod
    def _products(target: dict) -> set[str]:
        """The products of other packages that a target names in Package.swift."""
        return {dependency["product"][0] for dependency in target["dependencies"] if "product" in dependency}

    def _check_arrows(self) -> None:
        for name, target in self.targets.items():
            if target["type"] == "test" or name == PROGRAM or self._folder(name, target).parts[0] == "Tests":
                continue
            if name not in ALLOWED:
                self.faults.append(f"Package.swift: the target {name} is new: add it to ALLOWED, with what it may use")
                continue
            for other in sorted(self._declared(target) - ALLOWED[name]):
                self.faults.append(f"Package.swift: {name} must not depend on {other}")

    def _folder(self, name: str, target: dict) -> Path:
        return Path(target.get("path") or Path("Tests" if target["type"] == "test" else "Sources", name))

    def _closure(self, name: str) -> set[str]:
        """A target's dependencies, and theirs."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            declared = self._declared(self.targets[waiting.pop()]) & self.targets.keys() - found
            found |= declared
            waiting += declared
        return found

    def _check_imports(self, name: str, target: dict) -> None:
        """Sources import what their target declares. Tests may also import what that depends on."""
        is_test = target["type"] == "test"
        declared = self._declared(target)
        allowed = (self._closure(name) if is_test else declared) | PLATFORM
        allowed |= self.products if is_test else self._products(target)
        imported: set[str] = set()
        folder = self.root / self._folder(name, target)
        excluded = [folder / path for path in target.get("exclude") or []]
        for file in sorted(folder.rglob("*.swift")):
            if any(file.is_relative_to(path) for path in excluded):
                continue
            for number, module in imports(file.read_text(encoding="utf-8")):
                imported.add(module)
                if module not in allowed:
                    self._fault(file, number, f"{name} imports {module}, which Package.swift does not declare for it")
        if not is_test:
            used_by_build = {other for other in declared if self.targets.get(other, {}).get("type") in (
                "plugin", "executable")}
            for other in sorted(declared - imported - used_by_build):
                self.faults.append(f"Package.swift: {name} declares {other}, but never imports it")

    # Sources

    def _check_source(self, file: Path) -> None:
        lines = file.read_text(encoding="utf-8").splitlines()
        if len(lines) > MAXIMUM_LINES:
            self._fault(file, len(lines), f"the file has more than {MAXIMUM_LINES} lines; split it by subject")
        is_library = file.relative_to(self.root).parts[1] == LIBRARY
        for number, line in enumerate(lines, 1):
            if PUBLIC.match(line) and not is_library:
                self._fault(file, number, f"public is only for {LIBRARY}; use package or nothing")
            if UNCHECKED.search(line) and not has_safety_comment(lines, number - 1):
                self._fault(file, number, "needs a // Safety: comment that says which thread uses it")

    # Documents

    def _check_citations(self, file: Path) -> None:
        place = file.relative_to(self.root).as_posix()
        if file.suffix in SKIPPED_SUFFIXES or place.startswith(SKIPPED_FOLDERS):
            return
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return
        if file.suffix == ".md":
            # Links have a check of their own.
            text = LINK.sub(lambda match: "_" * len(match[0]), text)
        for match in DOCUMENT.finditer(text):
            path, anchor = match["path"], match["anchor"]
            number = text.count("\n", 0, match.start()) + 1
            if Path(path).name in MADE_UP and place.startswith("Tests/"):
                continue
            page = self._page(path, file)
            if page is None:
                self._fault(file, number, f"cites {path}, which is not in the repository")
                continue
            content = page.read_text(encoding="utf-8")
            if anchor and not place.startswith("Tests/") and anchor not in anchors(content):
                self._fault(file, number, f"cites {path}#{anchor}, but {page.name} has no such heading")
            heading = CITED_HEADING.match(text, match.end())
            if heading and file.suffix != ".md" and heading[1] not in {title for _, _, title in headings(content)}:
                self._fault(file, number, f"cites \"{heading[1]}\" of {path}, which has no such heading")

    def _page(self, path: str, file: Path) -> Path | None:
        """The document that a path means: from the root, from the file's folder, or from anywhere in the kit."""
        for base in (self.root, file.parent):
            if (base / path).is_file():
                return base / path
        name = Path(path).name
        if path.startswith("docs/"):
            return None
        for folder in ("", "docs", "alerts", "Sources/Kit/Files"):
            if (self.root / folder / name).is_file():
                return self.root / folder / name
        return None

    def _check_pages(self) -> None:
        pages = {file for file in self._files() if file.suffix == ".md"
                 and not file.relative_to(self.root).as_posix().startswith("Tests/")}
        for page in sorted(pages | {self.root / name for name in REQUIRED_PAGES}):
            if not page.exists():
                self.faults.append(f"{page.relative_to(self.root)} is missing")
                continue
            for number, address in links(page.read_text(encoding="utf-8")):
                if fault := dead_link(address, page):
                    self._fault(page, number, fault)


def imports(text: str) -> Iterator[tuple[int, str]]:
    """The modules that a Swift file imports, each with its line; imports precede all declarations."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := IMPORT.match(line):
            yield number, match[1]
        elif not BEFORE_IMPORTS.match(line):
            return


def has_safety_comment(lines: list[str], index: int) -> bool:
    """Whether a `// Safety:` comment is directly above a line (and lines of the same kind), or below it."""
    above = index - 1
    while above >= 0 and (lines[above].lstrip().startswith(("//", "@")) or UNCHECKED.search(lines[above])):
        if "// Safety:" in lines[above]:
            return True
        above -= 1
    return any("// Safety:" in line for line in lines[index:index + 3])


def main() -> int:
    """Check the repository, and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", required=True, help="output of `swift package dump-package`; -: standard input")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help="the repository")
    options = parser.parse_args()
    text = sys.stdin.read() if options.package == "-" else Path(options.package).read_text(encoding="utf-8")
    try:
        package = json.loads(text)
    except ValueError:
        print("The package description is not JSON: run `swift package dump-package`, and fix Package.swift.",
              file=sys.stderr)
        return 1
    structure = Structure(options.root, package)
    faults = structure.run()
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} faults.", file=sys.stderr)
        return 1
    print(f"{len(structure.targets)} targets: dependencies, documents and sources are in order.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
