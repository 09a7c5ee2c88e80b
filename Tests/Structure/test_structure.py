"""Faults planted in a small repository are found, each and nothing else."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

import structure
from documented import undocumented
from structure import Structure

API = """# API

## Outcomes

See [runbook](../alerts/runbook.md#mailstorestoreerror), [here](#outcomes), [web](https://example.com/x).
"""
LEDGER = """import Foundation
internal import MailStoreAPI
#if canImport(Glibc)
internal import Glibc
#endif

/// Counts runs (`docs/api.md`, "Outcomes").
package struct Ledger {
    // Safety: only the one thread uses it.
    nonisolated(unsafe) var first = 0
    nonisolated(unsafe) var second = 0
    let text = "import Web"
}
"""
FILES = {
    "README.md": "# Readme\n\n[API](docs/api.md#outcomes)\n",
    "CHANGELOG.md": "# Changes\n",
    "docs/api.md": API,
    "alerts/runbook.md": "# Runbook\n\n## MailStoreStoreError\n",
    "alerts/mailstore.rules.yml": "runbook_url: runbook.md#mailstorestoreerror\n",
    "Sources/MailStoreAPI/Client.swift": "@preconcurrency package import OperatingSystem\n",
    "Sources/OperatingSystem/Clock.swift": "import Glibc\n",
    "Sources/Ledger/Ledger.swift": LEDGER,
    "Sources/MailStoreSimulator/Simulator.swift": "internal import OperatingSystem\n\npublic struct Simulator {}\n",
    "Tests/LedgerTests/LedgerTests.swift": "@testable import Ledger\nimport OperatingSystem\nimport Logging\n",
}


def target(name: str, *dependencies: str, kind: str = "regular", products: tuple[str, ...] = ()) -> dict[str, Any]:
    """A target as `swift package dump-package` describes it."""
    return {"name": name, "type": kind, "dependencies": [
        *({"byName": [other, None]} for other in dependencies),
        *({"product": [product, "package", None, None]} for product in products)]}


class Planted(unittest.TestCase):
    """Checks a repository of temporary files."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.files = dict(FILES)
        self.targets = {one["name"]: one for one in (
            target("OperatingSystem"), target("MailStoreAPI", "OperatingSystem"), target("Ledger", "MailStoreAPI"),
            target("MailStoreSimulator", "OperatingSystem"), target("LedgerTests", "Ledger", kind="test"),
            target("mailstore_exporter", "Web", "Ledger", kind="executable", products=("Logging",)),
            target("Web", "Ledger"))}
        self.files["Sources/mailstore_exporter/Main.swift"] = "import Ledger\nimport Logging\nimport Web\n"
        self.files["Sources/Web/Page.swift"] = "import Ledger\n"

    def faults(self) -> list[str]:
        """What the check finds in the files as they are now."""
        for name, text in self.files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")
        return Structure(self.root, {"targets": list(self.targets.values())}).run()

    def assert_found(self, *faults: str) -> None:
        """These faults are found, and no others."""
        self.assertEqual(self.faults(), list(faults))


class Targets(Planted):
    """Faults in dependencies."""

    def test_a_good_repository_has_no_faults(self) -> None:
        self.assert_found()

    def test_an_arrow_back(self) -> None:
        for name, other in (("Ledger", "Collection"), ("Ledger", "Web"), ("MailStoreAPI", "Configuration"),
                            ("MailStoreSimulator", "MailStoreAPI"), ("Web", "Commands"), ("Ledger", "CCurl")):
            with self.subTest(f"{name} -> {other}"):
                self.targets[name]["dependencies"].append({"byName": [other, None]})
                self.assertIn(f"Package.swift: {name} must not depend on {other}", self.faults())
                self.targets[name]["dependencies"].pop()

    def test_the_architecture_itself_has_no_way_back(self) -> None:
        def reached(name: str) -> set[str]:
            found, waiting = set(), [name]
            while waiting:
                others = structure.ALLOWED[waiting.pop()] - found
                found |= others
                waiting += others
            return found

        for name in structure.ALLOWED:
            self.assertNotIn(name, reached(name))

    def test_a_new_target(self) -> None:
        self.targets["Rest"] = target("Rest")
        self.assert_found("Package.swift: the target Rest is new: add it to ALLOWED, with what it may use")

    def test_an_import_that_is_not_declared(self) -> None:
        for line in ("import Web", "internal import Web", "@preconcurrency package import Web",
                     "import struct Web.Page"):
            with self.subTest(line):
                self.files["Sources/Ledger/Store.swift"] = f"// Why.\n{line}\n"
                self.assert_found(
                    "Sources/Ledger/Store.swift:2: Ledger imports Web, which Package.swift does not declare for it")

    def test_an_import_of_what_a_dependency_depends_on(self) -> None:
        self.files["Sources/Ledger/Store.swift"] = "import OperatingSystem\n"
        self.assert_found("Sources/Ledger/Store.swift:1: Ledger imports OperatingSystem, which Package.swift does not "
                          "declare for it")

    def test_an_import_of_a_foreign_product_that_is_not_declared(self) -> None:
        self.files["Sources/Ledger/Store.swift"] = "import Logging\n"
        self.assert_found("Sources/Ledger/Store.swift:1: Ledger imports Logging, which Package.swift does not declare "
                          "for it")

    def test_tests_cannot_import_what_they_do_not_depend_on(self) -> None:
        self.files["Tests/LedgerTests/MoreTests.swift"] = "@testable import Web\n"
        self.assert_found("Tests/LedgerTests/MoreTests.swift:1: LedgerTests imports Web, which Package.swift does not "
                          "declare for it")

    def test_files_that_are_excluded_from_a_target(self) -> None:
        self.files["Tests/LedgerTests/Program/main.swift"] = "import Web\n"
        self.targets["LedgerTests"]["exclude"] = ["Program"]
        self.assert_found()

    def test_a_declared_module_that_is_never_imported(self) -> None:
        self.targets["Ledger"]["dependencies"].append({"byName": ["OperatingSystem", None]})
        self.assert_found("Package.swift: Ledger declares OperatingSystem, but never imports it")


class Sources(Planted):
    """Faults in Swift files."""

    FILE = "Sources/Ledger/Store.swift"

    def test_a_long_file(self) -> None:
        self.files[self.FILE] = "\n" * 400
        self.assert_found()
        self.files[self.FILE] += "\n"
        self.assert_found(f"{self.FILE}:401: the file has more than 400 lines; split it by subject")

    def test_public_outside_of_the_library(self) -> None:
        for line in ("public struct Store {}", "    public var size = 0", "@discardableResult public func f() {}",
                     "open class Store {}", "public import Glibc"):
            with self.subTest(line):
                self.files[self.FILE] = line + "\n"
                self.assert_found(f"{self.FILE}:1: public is only for MailStoreSimulator; use package or nothing")

    def test_public_in_a_name_or_comment(self) -> None:
        self.files[self.FILE] = "// public\nlet publicKey = 1  // public\n"
        self.assert_found()

    def test_an_unchecked_type_without_a_reason(self) -> None:
        for line in ("final class Store: @unchecked Sendable {", "    nonisolated(unsafe) var size = 0"):
            with self.subTest(line):
                fault = f"{self.FILE}:2: needs a // Safety: comment that says which thread uses it"
                self.files[self.FILE] = f"// Holds runs.\n{line}\n}}\n"
                self.assert_found(fault)
                self.files[self.FILE] = f"// Safety: one thread.\n{line}\n}}\n"
                self.assert_found()
                self.files[self.FILE] = f"\n{line}\n    // Safety: one thread.\n}}\n"
                self.assert_found()
                self.files[self.FILE] = f"// Safety: one thread.\nlet other = 1\n{line}\n}}\n"
                self.assertEqual(len(self.faults()), 1)


class Documents(Planted):
    """Faults in citations and links."""

    FILE = "Sources/Ledger/Store.swift"

    def test_a_document_that_is_not_there(self) -> None:
        for name in ("docs/web.md", "mailstore-api.md", "docs/README.md"):
            for file in (self.FILE, "alerts/mailstore.rules.yml", "Makefile", "Tests/Alerts/x.py", "docs/api.md"):
                with self.subTest(f"{name} in {file}"):
                    self.files = FILES | {file: f"\n// See `{name}`.\n"}
                    self.assertIn(f"{file}:2: cites {name}, which is not in the repository", self.faults())
                    (self.root / file).unlink()

    def test_a_heading_that_is_not_there(self) -> None:
        for text in ('/// (`docs/api.md`, "Outcome")', '/// (`docs/api.md`,\n    /// "Outcome")',
                     '# `docs/api.md`, "Outcome"'):
            with self.subTest(text):
                self.files[self.FILE] = text + "\n"
                self.assert_found(f'{self.FILE}:1: cites "Outcome" of docs/api.md, which has no such heading')
                self.files[self.FILE] = text.replace("Outcome", "Outcomes") + "\n"
                self.assert_found()

    def test_an_anchor_that_is_not_there(self) -> None:
        self.files["alerts/mailstore.rules.yml"] = "runbook_url: runbook.md#nothing\n"
        self.assert_found(
            "alerts/mailstore.rules.yml:1: cites runbook.md#nothing, but runbook.md has no such heading")

    def test_a_document_of_the_kit(self) -> None:
        self.files["Sources/Kit/Files/README.md"] = "# Kit\n"
        self.files[self.FILE] = '// kit/README.md, "prometheus/rules/runbook.md", https://example.com/page.md\n'
        self.assert_found()

    def test_dead_links(self) -> None:
        for address, fault in (("alerts/nothing.md", "leads to no file"),
                               ("#nothing", "leads to no heading of README.md"),
                               ("alerts/runbook.md#nothing", "leads to no heading of runbook.md")):
            with self.subTest(address):
                self.files["README.md"] = FILES["README.md"] + f"\n[x]({address})\n"
                self.assert_found(f"README.md:5: {address} {fault}")

    def test_dead_links_in_any_document(self) -> None:
        for name in ("docs/more.md", "CONTRIBUTING.md", "Sources/Kit/Files/README.md"):
            with self.subTest(name):
                self.files[name] = "[x](nothing.md)\n"
                self.assert_found(f"{name}:1: nothing.md leads to no file")
                self.files[name] = "# Nothing\n"

    def test_links_between_documents(self) -> None:
        self.files["docs/more.md"] = "[x](api.md#outcomes) [y](../alerts/runbook.md#mailstorestoreerror)\n"
        self.assert_found()

    def test_links_in_code_are_text(self) -> None:
        self.files["README.md"] = FILES["README.md"] + "\n`[x](docs)`\n\n```\n[x](nothing)\n```\n"
        self.assert_found()

    def test_a_required_page(self) -> None:
        del self.files["CHANGELOG.md"]
        self.assert_found("CHANGELOG.md is missing")


class SymbolGraph(unittest.TestCase):
    """Public declarations without documentation."""

    def test_a_declaration_without_a_comment(self) -> None:
        graph = {"symbols": [{"pathComponents": ["Simulator", "stop()"]},
                             {"pathComponents": ["Simulator"], "docComment": {"lines": []}}]}
        self.assertEqual(undocumented(graph), ["Simulator.stop()"])


if __name__ == "__main__":
    unittest.main()
