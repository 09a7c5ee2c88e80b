"""Faults planted in dashboards, in the runbook and in the list of alerts are found, each and nothing else."""

from __future__ import annotations

import unittest

from contract_planting import RUNBOOK, Planted, section


class Dashboards(Planted):
    """Faults in dashboards."""

    def test_an_unknown_metric_and_label(self) -> None:
        for expression, fault in (("a_upp", "unknown metric a_upp"),
                                  ('a_up{job_id="$x"}', "unknown label job_id (selected on a_up)")):
            with self.subTest(expression):
                self.panel["targets"].append({"refId": "B", "expr": expression})
                self.assert_found(f'one.json: panel 1 "Stores", query B: {fault}')
                self.panel["targets"].pop()

    def test_a_panel_in_a_collapsed_row(self) -> None:
        self.dashboard["panels"].append({"id": 2, "title": "Row", "panels": [
            {"id": 3, "title": "In", "targets": [{"refId": "A", "expr": "a_upp"}]}]})
        self.assert_found('one.json: panel 3 "In", query A: unknown metric a_upp')

    def test_a_legend(self) -> None:
        self.panel["targets"][0]["legendFormat"] = "{{job_id}}"
        self.assert_found('one.json: panel 1 "Stores", query A: the label job_id is not one of the result')

    def test_a_variable(self) -> None:
        self.dashboard["templating"]["list"][0]["query"]["query"] = "label_values(a_up, store_id)"
        self.assert_found("one.json: variable t: the label store_id is not one of the result")

    def test_an_annotation(self) -> None:
        self.dashboard["annotations"]["list"][0]["titleFormat"] = "{{result}}"
        self.assert_found("one.json: annotation errors: the label result is not one of the result")

    def test_fields_that_no_query_gives(self) -> None:
        names = self.panel["transformations"][0]["options"]["renameByName"]
        for name, fault in (("job_name", "names job_name, which no query gives"),
                            ("Value #B", "names Value #B, but there is no such query")):
            with self.subTest(name):
                names[name] = "New"
                self.assert_found(f'one.json: panel 1 "Stores": transformation organize {fault}')
                del names[name]

    def test_a_link_to_a_dashboard_and_its_field(self) -> None:
        link = self.panel["fieldConfig"]["defaults"]["links"][0]
        link["url"] = "/d/two"
        self.assert_found("one.json: the link /d/two leads to no dashboard of ours")
        link["url"] = "/d/one?var-t=${__data.fields.job_id}"
        self.assert_found('one.json: panel 1 "Stores": link names job_id, which no query gives')


class Pages(Planted):
    """Faults in the runbook."""

    FILE = "alerts/runbook.md"

    def test_a_missing_section(self) -> None:
        self.plant(self.FILE, "## MailStoreVolume", "### MailStoreVolume")
        self.assertIn("runbook.md: the alert MailStoreVolume has no section", self.faults())

    def test_a_section_without_an_alert(self) -> None:
        self.files[self.FILE] += section("MailStoreOld", "a_up")
        found = self.faults()
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], r"^runbook.md:\d+: MailStoreOld: there is no such alert$")

    def test_parts_in_another_order(self) -> None:
        self.files[self.FILE] = self.files[self.FILE].replace("**Urgency.**", "**Hurry.**", 1)
        found = self.faults()
        self.assertEqual(len(found), 1)
        self.assertIn("MailStoreStoreError: its parts have to be", found[0])

    def test_queries_and_inline_code(self) -> None:
        for old, new, fault in (
            ("\na_up\n", "\na_upp\n", "unknown metric a_upp"),
            ("  mailstore_store_error\n", "  mailstore_store_errors\n", "unknown metric mailstore_store_errors"),
            ("`mailstore_store_error`", "`mailstore_store_error{job_id=\"1\"}`",
             "unknown label job_id (selected on mailstore_store_error)"),
            ("`mailstore_store_error`", "`mailstore_shop_*`", "no metric begins with mailstore_shop_"),
            ("mailstore_exporter check", "windows_logical_disk_free_bytes",
             "unknown metric windows_logical_disk_free_bytes"),
        ):
            with self.subTest(new):
                self.files[self.FILE] = RUNBOOK
                self.plant(self.FILE, old, new)
                found = self.faults()
                self.assertEqual(len(found), 1, found)
                self.assertRegex(found[0], r"^runbook.md:\d+: ")
                self.assertTrue(found[0].endswith(fault), found[0])

    def test_nothing_to_check_is_a_fault(self) -> None:
        self.files = {"README.md": "# R\n", "CHANGELOG.md": "# C\n"}
        self.assertIn("there are no rules: nothing was checked", self.faults())


class ListOfAlerts(Planted):
    """Differences between the documented alerts and the rules."""

    FILE = "docs/alerts-and-dashboards.md"
    ROW = "| MailStoreVolume | warning | a volume is full |\n"

    def test_an_alert_that_is_not_listed(self) -> None:
        self.plant(self.FILE, self.ROW, "")
        self.assert_found("alerts-and-dashboards.md: the alert MailStoreVolume is not listed")

    def test_an_alert_that_does_not_exist(self) -> None:
        self.plant(self.FILE, self.ROW, self.ROW + "| MailStoreVolumes | warning | x |\n")
        self.assert_found("alerts-and-dashboards.md: there is no alert MailStoreVolumes")

    def test_another_severity(self) -> None:
        self.plant(self.FILE, "| warning |", "| warning, critical |")
        self.assert_found(
            "alerts-and-dashboards.md: MailStoreVolume is listed as critical, warning; its severity is warning")

    def test_an_alert_that_is_listed_twice(self) -> None:
        self.plant(self.FILE, self.ROW, self.ROW + self.ROW)
        self.assert_found("alerts-and-dashboards.md:7: MailStoreVolume is listed twice")

    def test_a_missing_document(self) -> None:
        del self.files[self.FILE]
        self.assert_found("alerts-and-dashboards.md is missing")


if __name__ == "__main__":
    unittest.main()
