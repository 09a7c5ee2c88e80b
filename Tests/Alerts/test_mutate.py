"""What the mutation operators make of small expressions, and that the run tells a weak test from a tight one."""

from __future__ import annotations

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import mutate
import mutations
from durations import duration_text, milliseconds
from expression_mutations import expression_mutants, moved_number
from promql_tokens import tokenize
from rulefiles import FileError, Rule

RULES = """
groups:
  - name: one
    rules:
      - record: level:thing:sum
        expr: sum by (job) (thing)
      - alert: ThingHigh
        expr: level:thing:sum > 50
        for: 10m
        labels: {severity: warning}
"""

# First scene: 56 from minute 20 to minute 29, exactly 50 before and after, so `for` is never over. Second: 52 from
# minute 10 to minute 25, so the alert fires from minute 20 on and ends at once. Two parts, so that a sum is no maximum;
# a second job, so that the sum over all is another.
TIGHT_TESTS = """
rule_files: [../x.rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'thing{job="a", part="1"}', values: '25x19 28x9 25x20'}
      - {series: 'thing{job="a", part="2"}', values: '25x19 28x9 25x20'}
      - {series: 'thing{job="b"}', values: '1x50'}
    alert_rule_test:
      - {alertname: ThingHigh, eval_time: 29m, exp_alerts: []}
      - {alertname: ThingHigh, eval_time: 40m, exp_alerts: []}
  - interval: 1m
    input_series:
      - {series: 'thing{job="a", part="1"}', values: '25x9 26x15 25x30'}
      - {series: 'thing{job="a", part="2"}', values: '25x9 26x15 25x30'}
      - {series: 'thing{job="b"}', values: '1x60'}
    alert_rule_test:
      - {alertname: ThingHigh, eval_time: 19m, exp_alerts: []}
      - {alertname: ThingHigh, eval_time: 20m, exp_alerts: [{exp_labels: {job: a, severity: warning}}]}
      - {alertname: ThingHigh, eval_time: 26m, exp_alerts: []}
"""

WEAK_TESTS = """
rule_files: [../x.rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: 'thing{job="a"}', values: '99x60'}]
    alert_rule_test:
      - {alertname: ThingHigh, eval_time: 1h, exp_alerts: [{exp_labels: {job: a, severity: warning}}]}
"""


def changed(expr: str) -> set[str]:
    """The mutants of an expression."""
    return {text for _, text in expression_mutants(expr)}


class OperatorTests(unittest.TestCase):
    """The mutation operators on small expressions."""

    def test_comparisons_and_zero_or_one(self) -> None:
        self.assertEqual(changed("a > 0"), {"a < 0", "a >= 0", "a > 1"})
        self.assertEqual(changed("a == 1"), {"a != 1", "a == 0"})

    def test_numbers(self) -> None:
        self.assertEqual(moved_number("0.95", is_factor=False), ["0.855", "1.045"])
        self.assertEqual(moved_number("3", is_factor=False), ["2", "4"])
        self.assertEqual(moved_number("3", is_factor=True), ["2.7", "3.3"])
        self.assertEqual(moved_number("21", is_factor=False), ["18.9", "23.1"])
        self.assertEqual(changed("a > 2 * b"), {"a < 2 * b", "a >= 2 * b", "a > 1.8 * b", "a > 2.2 * b", "a > 2 / b"})

    def test_matchers(self) -> None:
        self.assertEqual(
            changed('a{x="1", y=~"p|q"}'),
            {
                'a{x!="1", y=~"p|q"}',
                'a{ y=~"p|q"}',
                'a{x="1", y!~"p|q"}',
                'a{x="1"}',
                'a{x="1", y=~"q"}',
                'a{x="1", y=~"p"}',
            },
        )

    def test_alternatives_in_brackets(self) -> None:
        self.assertEqual(
            changed('a{y!~"(?i:p|q)"}'), {'a{y=~"(?i:p|q)"}', "a{}", 'a{y!~"(?i:q)"}', 'a{y!~"(?i:p)"}'}
        )

    def test_labels_of_lists(self) -> None:
        self.assertEqual(changed("a * on (x, y) group_left (z) b"), {
            "a / on (x, y) group_left (z) b",
            "a * on ( y) group_left (z) b",
            "a * on (x) group_left (z) b",
            "a * on (x, y) group_left () b",
        })

    def test_sets_and_aggregators(self) -> None:
        self.assertEqual(changed("a unless b"), {"a and b"})
        self.assertEqual(changed("a and b or c"), {"a unless b or c", "a and b and c"})
        self.assertEqual(changed("sum by (x) (a)"), {"max by (x) (a)", "sum by () (a)"})
        self.assertEqual(changed("max(count)"), {"min(count)"})

    def test_durations_but_not_the_resolution_of_a_subquery(self) -> None:
        self.assertEqual(changed("rate(a[5m] offset 1w)"), {
            "rate(a[150s] offset 1w)",
            "rate(a[10m] offset 1w)",
            "rate(a[5m] offset 84h)",
            "rate(a[5m] offset 14d)",
        })
        self.assertEqual(changed("rate(a[1h:5m])"), {"rate(a[30m:5m])", "rate(a[2h:5m])"})

    def test_signs_strings_and_comments_are_left_alone(self) -> None:
        self.assertEqual(changed('abs(-a) # a > b\n and label_replace(b, "x", "1 > 0", "y", "(.*)")'), {
            'abs(-a) # a > b\n unless label_replace(b, "x", "1 > 0", "y", "(.*)")'
        })

    def test_what_is_not_promql(self) -> None:
        for text in ("a ! b", "sum(a", "a)", '"open'):
            with self.assertRaises(ValueError, msg=text):
                tokenize(text)

    def test_durations(self) -> None:
        self.assertEqual(milliseconds("1h30m"), 5_400_000)
        self.assertEqual([duration_text(ms) for ms in (90_000, 7_200_000, 500)], ["90s", "2h", "500ms"])
        with self.assertRaises(ValueError):
            milliseconds("5 minutes")

    def test_fields_of_a_rule(self) -> None:
        body = {"alert": "A", "expr": "a", "for": "10m", "labels": {"severity": "warning"}}
        rule = Rule(Path("x"), "g", 0, 1, "A", True, body)
        self.assertEqual(
            [mutant.change for mutant in mutations.mutants(rule)],
            [
                "the rule removed",
                "for: 10m -> 5m",
                "for: 10m -> 20m",
                "for removed",
                "keep_firing_for: 15m added",
                "severity: warning -> critical",
                "severity: warning -> info",
            ],
        )
        self.assertEqual(body["labels"], {"severity": "warning"}, "the rule itself is left as it was")


class RunTests(unittest.TestCase):
    """The whole run with promtool, on a folder of two small files."""

    def run_on(self, rules: str, tests: str, *options: str) -> tuple[int, str]:
        """Exit status and standard output of a run."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "tests").mkdir()
            (folder / "x.rules.yml").write_text(rules, encoding="utf-8")
            (folder / "tests" / "x.yml").write_text(tests, encoding="utf-8")
            output = io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                status = mutate.main(["--directory", name, *options])
            return status, output.getvalue()

    def test_tight_tests_kill_every_mutant(self) -> None:
        status, output = self.run_on(RULES, TIGHT_TESTS)
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"(?m)^14 mutants: 14 killed, 0 survived, 0 invalid")

    def test_weak_test_lets_mutants_survive(self) -> None:
        status, output = self.run_on(RULES, WEAK_TESTS)
        self.assertEqual(status, 1, output)
        survivors = [line.split(": ", 2)[2] for line in output.splitlines() if line.startswith("SURVIVED")]
        for change in ("> -> >=", "number 50 -> 45", "for: 10m -> 20m", "for removed", "sum -> max"):
            self.assertIn(change, survivors)
        for change in ("the rule removed", "> -> <", "severity: warning -> info"):
            self.assertNotIn(change, survivors)
        self.assertIn("    -for: 10m\n    +for: 20m", output)

    def test_mutant_that_cannot_be_loaded_is_not_called_killed(self) -> None:
        # A selector with neither name nor matcher is refused.
        rules = RULES.replace("level:thing:sum > 50", 'level:thing:sum > 50 and on (job) {job=~"a"}')
        status, output = self.run_on(rules, WEAK_TESTS, "--alert", "ThingHigh")
        self.assertEqual(status, 1, output)
        invalid = 'invalid (promtool cannot load it): x.rules.yml:7 ThingHigh (warning): matcher job=~"a" dropped'
        self.assertIn(invalid, output)

    def test_test_that_reads_all_alerts_is_run_with_all_rules(self) -> None:
        rules = RULES + "      - {alert: Other, expr: thing == 99, labels: {severity: info}}\n"
        tests = WEAK_TESTS + (
            "    promql_expr_test:\n"
            "      - {expr: count(ALERTS), eval_time: 1h, exp_samples: [{labels: '{}', value: 2}]}\n"
        )
        status, output = self.run_on(rules, tests, "--alert", "Other")
        self.assertNotIn("SURVIVED: x.rules.yml:11 Other (info): the rule removed", output)
        self.assertIn("SURVIVED: x.rules.yml:11 Other (info): severity: info -> warning", output)
        self.assertEqual(status, 1)

    def test_broken_tests_are_reported_as_such(self) -> None:
        status, output = self.run_on(RULES, WEAK_TESTS.replace("99x60", "1x60"))
        self.assertEqual(status, 1)
        self.assertIn("fail without any change", output)

    def test_list_runs_nothing(self) -> None:
        status, output = self.run_on(RULES, WEAK_TESTS, "--list", "--alert", "level:thing:sum")
        self.assertEqual(status, 0)
        self.assertEqual(len(output.splitlines()), 3, output)

    def test_unknown_name(self) -> None:
        status, output = self.run_on(RULES, WEAK_TESTS, "--alert", "ThingHihg")
        self.assertEqual(status, 1)
        self.assertIn("no rule is called ThingHihg", output)


if __name__ == "__main__":
    unittest.main()
