"""Faults planted in rules are found, each and nothing else."""

from __future__ import annotations

import unittest

from contract_alerts import REQUIRED
from contract_planting import Planted


class Sound(Planted):
    """The repository without a fault."""

    def test_a_repository_that_keeps_the_contract_passes(self) -> None:
        """Without a planted fault nothing is found."""
        self.assertEqual(self.faults(), [])


class Rules(Planted):
    """Faults in rules."""

    FILE = "alerts/mailstore.rules.yml"
    ALERT = "mailstore.rules.yml: MailStoreStoreError (critical)"

    def test_an_unknown_metric(self) -> None:
        self.plant(self.FILE, "mailstore_store_error == 1", "mailstore_store_errors == 1")
        self.assert_found(f"{self.ALERT}: unknown metric mailstore_store_errors")

    def test_a_counter_without_total(self) -> None:
        self.plant(self.FILE, "increase(mailstore_job_runs_total", "increase(mailstore_job_runs")
        self.assert_found(
            "mailstore.rules.yml: target:mailstore_job_runs:increase1h: unknown metric mailstore_job_runs: its type is "
            "counter, its samples are mailstore_job_runs_total")

    def test_a_label_of_another_family(self) -> None:
        self.plant(self.FILE, "mailstore_store_error ==", 'mailstore_store_error{result="failed"} ==')
        self.assert_found(f"{self.ALERT}: unknown label result (selected on mailstore_store_error)")

    def test_a_label_that_the_expression_loses(self) -> None:
        self.plant(self.FILE, "mailstore_store_error ==", "sum by (target) (mailstore_store_error) ==")
        self.assert_found(f"{self.ALERT}: $labels.store_id is not a label of the expression's result")

    def test_a_query_in_a_template(self) -> None:
        self.plant(self.FILE, "{{ $labels.target }}.", '{{ query "a_upp" | first | value }}.')
        self.assert_found(f"{self.ALERT}, template: unknown metric a_upp")

    def test_a_label_of_a_query_in_a_template(self) -> None:
        query = '{{ printf "a_up{target=%q}" $labels.target | query | first | label "x" }}.'
        self.plant(self.FILE, "{{ $labels.target }}.", query)
        self.assert_found(f"{self.ALERT}: the query of a template has no label x")

    def test_a_recorded_series_is_known_with_its_labels(self) -> None:
        self.plant(self.FILE, "mailstore_store_error ==", "target:mailstore_job_runs:increase1h{job_id='1'} ==")
        self.assert_found(
            f"{self.ALERT}: unknown label job_id (selected on target:mailstore_job_runs:increase1h)")

    def test_volumes_outside_of_their_file(self) -> None:
        self.plant(self.FILE, "error == 1", "error == 1 and on (job) windows_logical_disk_free_bytes")
        self.assert_found(f"{self.ALERT}: unknown metric windows_logical_disk_free_bytes")

    def test_a_runbook_address_that_leads_elsewhere(self) -> None:
        self.plant(self.FILE, "runbook.md#mailstorestoreerror", "runbook.md#mailstorevolume")
        self.assert_found(
            f"{self.ALERT}: runbook_url is runbook.md#mailstorevolume, not runbook.md#mailstorestoreerror")

    def test_another_waiting_time(self) -> None:
        self.plant(self.FILE, "for: 5m", "for: 6m")
        self.assert_found(f"{self.ALERT}: for is 6m, but has to be 5m")

    def test_a_waiting_time_that_is_gone(self) -> None:
        self.plant(self.FILE, "keep_firing_for: 10m", "keep_firing_for: 0s")
        self.assert_found(f"{self.ALERT}: keep_firing_for is not set, but has to be 10m")

    def test_another_severity(self) -> None:
        self.plant(self.FILE, "severity: critical", "severity: warning")
        self.plant("docs/alerts-and-dashboards.md", "| critical |", "| warning |")
        self.assert_found("there is no alert MailStoreStoreError with the severity critical")

    def test_a_label_that_holds_a_value(self) -> None:
        self.plant(self.FILE, "{ severity: critical }", "{ severity: critical, value: '{{ $value }}' }")
        self.assertIn(f"{self.ALERT}: labels and summary must not be templates", self.faults())

    def test_the_specification_has_every_alert(self) -> None:
        """Of the alerts that there have to be, this repository has one."""
        missing = [fault for fault in self.faults(REQUIRED) if fault.startswith("there is no alert")]
        self.assertEqual(len(missing), len(REQUIRED) - 1)


if __name__ == "__main__":
    unittest.main()
