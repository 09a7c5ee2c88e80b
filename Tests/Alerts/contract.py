"""Holds rules, dashboards and runbook to the catalogue of metrics, and to one another.

    python Tests/Alerts/contract.py --exporter .build/debug/mailstore_exporter

It fails where one of them names a metric or a label that the exporter does not have, where an alert has no section in
the runbook or a section no alert, where the documented list of alerts differs from the rules, and where an alert is
missing that has to be there. The links of documents are checked by Tests/Structure/structure.py.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from contract_alerts import REQUIRED, Rule, rules, shape_faults
from contract_catalogue import Catalogue
from contract_grafana import COLUMNS, Panel, Query, annotations, panels, strings, variables
from contract_labels import LabelFlow
from contract_runbook import PARTS, Section, sections, snippets
from markdown_pages import dead_link, slug

WINDOWS_FILE = "windows-volume.rules.yml"


class Contract:
    """All checks over one repository; `faults` has what is wrong."""

    def __init__(self, root: Path, catalogue: Catalogue, required: tuple = REQUIRED) -> None:
        self.root = root
        self.required = required
        self.faults: list[str] = []
        self.rules = [rule for file in sorted((root / "alerts").glob("*.rules.yml")) for rule in rules(file)]
        self.dashboards = sorted((root / "dashboards").glob("*.json"))
        self.runbook = root / "alerts" / "runbook.md"
        self.plain = self._recorded(catalogue, [rule for rule in self.rules if rule.file.name != WINDOWS_FILE])
        self.windows = self._recorded(self.plain.with_windows(), self.rules)

    @staticmethod
    def _recorded(catalogue: Catalogue, found: list[Rule]) -> Catalogue:
        """The catalogue with what the rules record, which may build on one another in any order."""
        recording = [rule for rule in found if not rule.is_alert]
        for _ in recording:
            recorded: dict[str, frozenset[str]] = {}
            for rule in recording:
                flow = LabelFlow(catalogue)
                labels = flow.result(rule.expression) | set(rule.labels)
                # One that is at fault is known by name, so that it is told once, in its own place.
                recorded[rule.name] = recorded.get(rule.name, frozenset()) | labels
            if all(catalogue.samples.get(name) == labels for name, labels in recorded.items()):
                break
            catalogue = catalogue.with_recorded(recorded)
        return catalogue

    def run(self) -> list[str]:
        """Run every check."""
        for name, there in (("rules", self.rules), ("dashboards", self.dashboards), ("runbook", self.runbook.exists())):
            if not there:
                self.faults.append(f"there are no {name}: nothing was checked")
        self.faults += shape_faults(self.rules, self.required)
        for rule in self.rules:
            self._check_rule(rule)
        for file in self.dashboards:
            self._check_dashboard(file, json.loads(file.read_text(encoding="utf-8")))
        if self.runbook.exists():
            self._check_runbook(sections(self.runbook.read_text(encoding="utf-8")))
        self._check_list(self.root / "docs" / "alerts-and-dashboards.md")
        return self.faults

    def _labels(self, catalogue: Catalogue, place: str, expression: str) -> frozenset[str] | None:
        """The labels of an expression's result; `None` where it is wrong already."""
        flow = LabelFlow(catalogue)
        labels = flow.result(expression)
        self.faults += [f"{place}: {fault}" for fault in flow.faults]
        return None if flow.faults else labels

    # Rules

    def _check_rule(self, rule: Rule) -> None:
        catalogue = self.windows if rule.file.name == WINDOWS_FILE else self.plain
        labels = self._labels(catalogue, rule.place, rule.expression)
        for query, names in rule.template_queries:
            found = self._labels(catalogue, f"{rule.place}, template", query)
            for label in sorted(names - found) if found is not None else ():
                self.faults.append(f"{rule.place}: the query of a template has no label {label}")
        if labels is not None:
            for label in sorted(rule.template_labels - labels):
                self.faults.append(f"{rule.place}: $labels.{label} is not a label of the expression's result")
        address = rule.annotations.get("runbook_url", "")
        if rule.is_alert and address != f"{self.runbook.name}#{slug(rule.name)}":
            self.faults.append(f"{rule.place}: runbook_url is {address}, not {self.runbook.name}#{slug(rule.name)}")
        elif rule.is_alert and (fault := dead_link(address, rule.file)):
            self.faults.append(f"{rule.place}: runbook_url {fault}")

    # Dashboards

    def _check_dashboard(self, file: Path, dashboard: dict) -> None:
        for query in [*variables(dashboard), *annotations(dashboard)]:
            self._check_query(file, query)
        for panel in panels(dashboard):
            results = [self._check_query(file, query) for query in panel.queries]
            if panel.queries and None not in results:
                self._check_fields(file, panel, frozenset().union(*results))
        known = {path.stem for path in self.dashboards}
        for key in ("url", "runbook_url"):
            for url in strings(dashboard, key):
                uid = url.partition("/d/")[2].partition("?")[0].partition("/")[0]
                if "/d/" in url and uid not in known:
                    self.faults.append(f"{file.name}: the link {url} leads to no dashboard of ours")

    def _check_query(self, file: Path, query: Query) -> frozenset[str] | None:
        place = f"{file.name}: {query.place}"
        labels = self._labels(self.plain, place, query.expression)
        if labels is not None:
            for label in sorted(set(query.labels) - labels - {"__name__"}):
                self.faults.append(f"{place}: the label {label} is not one of the result")
        return labels

    def _check_fields(self, file: Path, panel: Panel, labels: frozenset[str]) -> None:
        # Names with capitals or blanks come from legends and titles; the rest can only be labels.
        for name, place in panel.fields.items():
            reference = name.partition("#")[2]
            if reference and COLUMNS.fullmatch(name) and reference not in panel.references:
                self.faults.append(f"{file.name}: {panel.place}: {place} names {name}, but there is no such query")
            is_label = name.isidentifier() and name == name.lower()
            if is_label and name not in labels | panel.renamed:
                self.faults.append(f"{file.name}: {panel.place}: {place} names {name}, which no query gives")
        for name, place in panel.field_labels.items():
            if name not in labels:
                self.faults.append(f"{file.name}: {panel.place}: {place} names the label {name}, which no query gives")

    # The runbook

    def _check_runbook(self, found: list[Section]) -> None:
        alerts = {rule.name for rule in self.rules if rule.is_alert}
        of_windows = {rule.name for rule in self.rules if rule.file.name == WINDOWS_FILE}
        titles = [section.title for section in found]
        for name in sorted(alerts - set(titles)):
            self.faults.append(f"{self.runbook.name}: the alert {name} has no section")
        for section in found:
            place = f"{self.runbook.name}:{section.number}: {section.title or 'head'}"
            if section.title.startswith("MailStore"):
                if section.title not in alerts:
                    self.faults.append(f"{place}: there is no such alert")
                if titles.count(section.title) > 1:
                    self.faults.append(f"{place}: the section is there twice")
                if section.parts != PARTS:
                    self.faults.append(f"{place}: its parts have to be {', '.join(PARTS)}; they are "
                                       f"{', '.join(section.parts) or 'none'}")
            self._check_snippets(section, self.windows if section.title in of_windows else self.plain)

    def _check_snippets(self, section: Section, catalogue: Catalogue) -> None:
        for snippet in snippets(section):
            place = f"{self.runbook.name}:{snippet.number}"
            if not snippet.is_prefix:
                self._labels(catalogue, place, snippet.expression)
            elif not any(name.startswith(snippet.expression) for name in catalogue.samples):
                self.faults.append(f"{place}: no metric begins with {snippet.expression}")

    # The documents

    def _check_list(self, page: Path) -> None:
        """The table of alerts: each of the rules once, with its severities, and no other."""
        if not page.exists():
            self.faults.append(f"{page.name} is missing")
            return
        documented: dict[str, list[str]] = {}
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| MailStore") and len(cells) >= 2:
                if cells[0] in documented:
                    self.faults.append(f"{page.name}:{number}: {cells[0]} is listed twice")
                documented[cells[0]] = sorted(cells[1].split(", "))
        actual: dict[str, list[str]] = {}
        for rule in self.rules:
            if rule.is_alert:
                actual.setdefault(rule.name, []).append(rule.labels.get("severity", ""))
        for name in sorted(documented.keys() | actual.keys()):
            if name not in documented:
                self.faults.append(f"{page.name}: the alert {name} is not listed")
            elif name not in actual:
                self.faults.append(f"{page.name}: there is no alert {name}")
            elif documented[name] != sorted(actual[name]):
                self.faults.append(f"{page.name}: {name} is listed as {', '.join(documented[name])}; "
                                   f"its severity is {', '.join(sorted(actual[name]))}")


def main() -> int:
    """Check the repository, print what is wrong, and say how to fix it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--catalogue", type=Path, help="what `mailstore_exporter metrics --format json` printed")
    source.add_argument("--exporter", type=Path, help="the program, to be asked for its catalogue")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help="the repository")
    options = parser.parse_args()
    try:
        catalogue = Catalogue.load(options.catalogue, options.exporter)
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        print(f"The catalogue of metrics cannot be read: {error}", file=sys.stderr)
        return 1
    contract = Contract(options.root, catalogue)
    faults = contract.run()
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} faults. Names and labels are those of `mailstore_exporter metrics`; sections, links and "
              "alerts are fixed in alerts/, dashboards/source/ and docs/.", file=sys.stderr)
        return 1
    print(f"{len(contract.rules)} rules, {len(contract.dashboards)} dashboards and the runbook keep the contract.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
