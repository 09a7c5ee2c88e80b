"""Labels are followed through expressions rightly, and names that nothing has are found."""

from __future__ import annotations

import unittest

from contract_catalogue import Catalogue
from contract_grafana import plain
from contract_labels import LabelFlow

CATALOGUE = Catalogue.parse("""[
  {"name": "a_up", "family": "a_up", "type": "gauge", "labels": ["target"], "group": "target"},
  {"name": "a_info", "family": "a", "type": "info", "labels": ["target", "version"], "group": "server"},
  {"name": "a_calls", "family": "a_calls", "type": "summary", "labels": ["target", "function"], "group": "target"},
  {"name": "a_store", "family": "a_store", "type": "gauge", "labels": ["target", "store_id"], "group": "stores"},
  {"name": "a_state", "family": "a_state", "type": "stateset", "labels": ["target", "store_id", "state"],
   "group": "stores"},
  {"name": "a_runs_total", "family": "a_runs", "type": "counter", "labels": ["target", "job_id", "result"],
   "group": "jobs"}
]""")
SCRAPED = {"job", "instance", "target"}
STORE = SCRAPED | {"instance_id", "store_id"}


class Results(unittest.TestCase):
    """What comes out of an expression."""

    TABLE = {
        "a_up": SCRAPED,
        "a_store": STORE,
        "a_calls_sum": SCRAPED | {"function"},
        'up{job="x"}': {"job", "instance"},
        'absent(up{job="x"})': {"job"},
        "sum(a_up)": set(),
        "sum by (target) (rate(a_runs_total[5m]))": {"target"},
        "sum by (target, instance_id) (a_up)": {"target"},
        "sum without (result) (a_runs_total)": SCRAPED | {"instance_id", "job_id"},
        "topk by (target) (3, a_up)": SCRAPED,
        'count_values("value", a_up)': {"value"},
        "time() - a_up > 2 * 86400": SCRAPED,
        "a_store > on (store_id) a_store": {"store_id"},
        "a_store > on (job, instance, target, instance_id, store_id) group_left () a_store": STORE,
        "a_up * on (target) group_left (version) a_info": SCRAPED | {"version"},
        "a_info * on (target) group_right (version) a_up": SCRAPED | {"version"},
        "a_state / ignoring (state) a_store": STORE,
        'a_store and on (target, store_id) a_state{state="x"}': STORE,
        "a_up or a_info": SCRAPED | {"version"},
        "vector(0)": set(),
        'label_replace(a_up, "host", "$1", "instance", "(.*):.*")': SCRAPED | {"host"},
        "max_over_time((a_up == 0)[1h:5m])": SCRAPED,
        '{__name__=~"a_store|a_up"}': STORE,
        '{__name__=~"a_sto.+"}': STORE,
    }

    def test_labels_are_followed(self) -> None:
        """Each expression has the labels of the table, and no fault."""
        for expression, labels in self.TABLE.items():
            with self.subTest(expression):
                flow = LabelFlow(CATALOGUE)
                self.assertEqual(set(flow.result(expression)), labels)
                self.assertEqual(flow.faults, [])


class Faults(unittest.TestCase):
    """What is named although nothing has it."""

    TABLE = {
        "a_upp": "unknown metric a_upp",
        "a_runs": "unknown metric a_runs: its type is counter, its samples are a_runs_total",
        "rate(a_calls[5m])":
            "unknown metric a_calls: its type is summary, its samples are a_calls_sum and a_calls_count",
        "a": "unknown metric a: its type is info, its samples are a_info",
        'a_up{store_id="1"}': "unknown label store_id (selected on a_up)",
        'a_up{instance_id="1"}': "unknown label instance_id (selected on a_up)",
        'sum by (job_id) (a_store)': "unknown label job_id (by, in sum)",
        "sum without (result) (a_store)": "unknown label result (without, in sum)",
        "a_store and on (job_id) a_state": "label job_id of on (...) of and does not exist on either side",
        "a_store and on (target, state) a_state": "label state of on (...) of and does not exist on the left side",
        "a_store unless on (target, instance_id) a_up":
            "label instance_id of on (...) of unless does not exist on the right side",
        "a_up * on (target) group_left (edition) a_info": "unknown label edition (group_left)",
        "a_state / ignoring (result) a_state": "unknown label result (ignoring)",
        "a_state / a_store": "the sides of / never match without on (...): only one has state",
        'label_replace(a_up, "x", "$1", "host", "(.*)")': "unknown label host (label_replace)",
        '{job="x"}': "a selector names no metric",
        '{__name__=~"b_.+"}': "no metric fits b_.+",
        "windows_logical_disk_free_bytes": "unknown metric windows_logical_disk_free_bytes",
    }

    def test_each_planted_fault_is_found(self) -> None:
        """Each expression has exactly the fault of the table."""
        for expression, fault in self.TABLE.items():
            with self.subTest(expression):
                flow = LabelFlow(CATALOGUE)
                flow.result(expression)
                self.assertEqual(flow.faults, [fault])

    def test_what_does_not_parse_is_a_fault(self) -> None:
        """An open bracket is told, not thrown."""
        flow = LabelFlow(CATALOGUE)
        flow.result("sum(a_up")
        self.assertEqual(len(flow.faults), 1)
        self.assertIn("PromQL that does not parse", flow.faults[0])

    def test_volumes_are_known_where_they_may_be(self) -> None:
        """windows_exporter's metrics are known to its own file alone."""
        flow = LabelFlow(CATALOGUE.with_windows())
        self.assertEqual(flow.result("windows_logical_disk_free_bytes"), {"job", "instance", "volume"})
        self.assertEqual(flow.faults, [])


class Variables(unittest.TestCase):
    """Grafana's variables become stand-ins of the right kind."""

    def test_stand_ins(self) -> None:
        """In quotes a text, in brackets a duration, elsewhere a number."""
        self.assertEqual(
            plain('topk($n, rate(a{job=~"$job", x=~"${x:regex}"}[$__rate_interval]))'),
            'topk(1, rate(a{job=~"x", x=~"x"}[1h]))')
        self.assertEqual(plain('a{x="["} + $n + $__range_s'), 'a{x="["} + 1 + 3600')


if __name__ == "__main__":
    unittest.main()
