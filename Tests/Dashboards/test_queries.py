"""Plants faults in queries that are right, and sees the check find each."""

from __future__ import annotations

import unittest
from typing import Any

import boards
import queries
from sample import SCOPE, STORES, board, right

EXPORTER = 'job=~"$job", instance=~"$instance"'

RIGHT = [
    f"mailstore_up{{{SCOPE}}}",
    f"up{{{EXPORTER}}} == 0",
    f"sum by (target) (rate(mailstore_api_requests_total{{{SCOPE}}}[$__rate_interval]))",
    f"rate(mailstore_api_request_duration_seconds_sum{{{SCOPE}}}[$__rate_interval])",
    f"sum(increase(mailstore_profile_items_archived_total{{{STORES}}}[$__range]))",
    f"count(mailstore_profile_runs_total{{{STORES}}})",
    f"max_over_time(mailstore_store_size_bytes{{{STORES}}}[$__interval])",
    f"last_over_time(mailstore_verification_last_result{{{STORES}}}[5m]) == 1",
    f"deriv(mailstore_store_size_bytes{{{STORES}}}[$__rate_interval])",
    f"max_over_time(rate(process_cpu_seconds_total{{{EXPORTER}}}[$__rate_interval])[$__range:$__interval])",
    f"mailstore_store_error{{{STORES}}} or vector(0) * $__range_s",
    'mailstore_up{job=~"${job:regex}", instance=~"${instance}", target=~"[[target]]"}',
    f'ALERTS{{alertname=~"MailStore.*", {SCOPE}}}',
    f'ALERTS{{alertname=~"MailStore.*", {STORES}}}',
]

WRONG = [
    (f"sum by (target (mailstore_up{{{SCOPE}}})", "unclosed left parenthesis"),
    (f"rate(mailstore_up{{{SCOPE}}})", "expected type matrix"),
    (f"mailstore_up{{{SCOPE}}} offset $shift", "$shift is no variable"),
    ("vector(1)", "reads no metric"),
    (f"{{{SCOPE}}}", "names no metric"),
    ('mailstore_up{instance=~"$instance", target=~"$target"}', 'needs job=~"$job"'),
    ('mailstore_up{job=~"$job", target=~"$target"}', 'needs instance=~"$instance"'),
    ('up{job="$job", instance=~"$instance"}', 'needs job=~"$job"'),
    ('up{job=~"$job", instance=~"$job"}', 'needs instance=~"$instance"'),
    ('up{job=~"$job", instance!~"$instance"}', 'needs instance=~"$instance"'),
    ('up{job=~"mailstore", instance=~"$instance"}', 'needs job=~"$job"'),
    (f"mailstore_up{{{EXPORTER}}}", 'needs target=~"$target"'),
    (f"mailstore_up{{{SCOPE}}} * on (target) mailstore_users", "mailstore_users needs"),
    (f"mailstore_stores{{{SCOPE}}}", 'needs instance_id=~"$instance_id"'),
    (f"mailstore_store_error{{{SCOPE}}}", 'needs instance_id=~"$instance_id"'),
    (f"mailstore_up{{{STORES}}}", "has no label instance_id"),
    (f"mailstore_exporter_series{{{SCOPE}}}", "has no label target"),
    (f"rate(mailstore_api_requests_total{{{SCOPE}}}[5m])", "does not fit every time range"),
    (f"rate(mailstore_api_requests_total{{{SCOPE}}}[$__interval])", "loses what falls between"),
    (f"increase(mailstore_api_requests_total{{{SCOPE}}}[6h])", "looks back over 6 h"),
    (f"predict_linear(mailstore_store_size_bytes{{{STORES}}}[7d], 86400)", "looks back over 168 h"),
    (f"rate(mailstore_store_size_bytes{{{STORES}}}[$__rate_interval])", "not a counter"),
    (f"increase(mailstore_api_clock_skew_seconds{{{SCOPE}}}[$__range])", "not a counter"),
    (f"delta(mailstore_api_requests_total{{{SCOPE}}}[$__range])", "falls back to 0"),
    (f"mailstore_api_requests_total{{{SCOPE}}}", "is a counter"),
    (f"sum(mailstore_api_requests_total{{{SCOPE}}})", "is a counter"),
    (f"mailstore_api_request_duration_seconds_sum{{{SCOPE}}} / 2", "is a counter"),
    (f"mailstore_api_requests_total{{{SCOPE}}} - mailstore_api_requests_total{{{SCOPE}}} offset 1w", "is a counter"),
]


def with_query(expression: str, **target: Any) -> dict[str, Any]:
    """The sample with another query in its availability panel."""
    data = right()
    data["panels"][1]["targets"][0].update(expr=expression, legendFormat="x", **target)
    return data


class QueriesTest(unittest.TestCase):
    """The check bites, and does not bite what is right."""

    def assert_only(self, data: dict[str, Any], words: str) -> None:
        errors = queries.check(board(data))
        self.assertTrue(errors and all(words in error for error in errors), f"{words}: {errors}")

    def test_a_right_dashboard_passes(self) -> None:
        self.assertEqual(queries.check(board(right())), [])

    def test_right_queries_pass(self) -> None:
        for expression in RIGHT:
            with self.subTest(expression):
                self.assertEqual(queries.check(board(with_query(expression))), [])

    def test_a_wrong_query_is_found(self) -> None:
        for expression, words in WRONG:
            with self.subTest(expression):
                self.assert_only(with_query(expression), words)

    def test_a_long_window_passes_where_the_panel_speaks_of_it(self) -> None:
        cases = [("6h", "over 6 hours"), ("1h", "each hour"), ("24h", "in 24 h"), ("1d", "a day"), ("7d", "7 days"),
                 ("7d", "against a week ago"), ("30d", "the last 30 days")]
        for window, words in cases:
            with self.subTest(words):
                data = with_query(f"increase(mailstore_api_requests_total{{{SCOPE}}}[{window}])")
                self.assert_only(data, "neither title nor description")
                data["panels"][1]["description"] += f" Calls {words}."
                self.assertEqual(queries.check(board(data)), [])

    def test_a_short_window_passes_in_a_figure_that_speaks_of_it(self) -> None:
        data = with_query(f"sum(increase(mailstore_api_errors_total{{{SCOPE}}}[30m]))", instant=True)
        self.assert_only(data, "looks back over 0.5 h")
        data["panels"][1]["title"] = "Failed calls in 30 min"
        self.assertEqual(queries.check(board(data)), [])
        data["panels"][1]["targets"][0]["instant"] = False
        self.assert_only(data, "does not fit every time range")

    def test_a_counter_passes_as_it_stands_where_the_panel_says_since_when_it_counts(self) -> None:
        data = with_query(f"sum(mailstore_api_unknown_values_total{{{SCOPE}}})")
        self.assert_only(data, "is a counter")
        data["panels"][1]["description"] += " Counted since the exporter's start."
        self.assertEqual(queries.check(board(data)), [])

    def test_a_window_is_not_said_by_another_number(self) -> None:
        data = with_query(f"increase(mailstore_api_requests_total{{{SCOPE}}}[6h])")
        data["panels"][1]["description"] += " Calls over 16 h, 60 hours, 6 days."
        self.assert_only(data, "neither title nor description")

    def test_a_legend_with_a_label_that_the_result_lacks_is_found(self) -> None:
        data = with_query(f"sum by (target) (mailstore_up{{{SCOPE}}}) / 2")
        data["panels"][1]["targets"][0]["legendFormat"] = "{{target}} {{function}}"
        self.assert_only(data, "the legend shows {{function}}")

    def test_a_variable_must_be_narrowed_by_those_before_it(self) -> None:
        data = right()
        data["templating"]["list"][3]["query"]["query"] = 'label_values(mailstore_up{job=~"$job"}, target)'
        self.assert_only(data, 'needs instance=~"$instance"')

    def test_a_variable_cannot_use_one_that_comes_later(self) -> None:
        data = right()
        data["templating"]["list"][1]["query"]["query"] = 'label_values(up{instance=~"$instance"}, job)'
        self.assert_only(data, "$instance is no variable")

    def test_a_variable_of_an_unknown_kind_of_query_is_found(self) -> None:
        data = right()
        data["templating"]["list"][1]["query"]["query"] = "label_values(a, b"
        self.assert_only(data, "not a query of a variable")

    def test_an_annotation_is_checked_in_both_places(self) -> None:
        for older in (False, True):
            with self.subTest(older=older):
                data = right()
                annotation = data["annotations"]["list"][0]
                annotation["target"]["expr"] = 'ALERTS{job=~"$job", instance=~"$instance"}'
                if older:
                    annotation["expr"] = annotation.pop("target")["expr"]
                self.assert_only(data, 'ALERTS needs target=~"$target"')

    def test_a_panel_without_a_query_is_found(self) -> None:
        data = right()
        data["panels"][1]["targets"] = []
        self.assert_only(data, "no query")


class DashboardsTest(unittest.TestCase):
    """The dashboards themselves."""

    def test_all_queries_are_right(self) -> None:
        for one in boards.load([]):
            with self.subTest(one.file.name):
                self.assertEqual(queries.check(one), [])


if __name__ == "__main__":
    unittest.main()
