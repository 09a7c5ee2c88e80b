"""Where alerts go by alerts/alertmanager-example.yml, asked from amtool; and that it names only alerts there are."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

from rulefiles import RULE_SUFFIX, load_rules

ALERTS = Path(__file__).resolve().parents[2] / "alerts"
CONFIGURATION = ALERTS / "alertmanager-example.yml"
AMTOOL = os.environ.get("AMTOOL", "amtool")

ROUTES = [
    ("alertname=MailStoreVerificationFailed severity=critical job=mailstore store_id=1", "mailstore-critical"),
    ("alertname=MailStoreCertificateExpiring severity=critical", "mailstore-critical"),
    ("alertname=MailStoreCertificateExpiring severity=warning", "mailstore-warning"),
    ("alertname=MailStoreProfileErrors severity=info", "mailstore-info"),
    ("alertname=MailStoreSomething severity=page", "mailstore-warning"),
    ("alertname=MailStoreSomething", "mailstore-warning"),
    ("alertname=SomebodyElses severity=critical", "mailstore-warning"),
]


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """amtool's answer; output and errors together."""
    return subprocess.run(
        [AMTOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False
    )


def receivers(*labels: str) -> str:
    """The receivers to which an alert of these labels goes: amtool's last line, warnings stand above it."""
    answer = amtool("config", "routes", "test", f"--config.file={CONFIGURATION}", *labels)
    if answer.returncode != 0:
        raise AssertionError(answer.stdout)
    return answer.stdout.splitlines()[-1]


def matchers(side: str, label: str) -> list[tuple[str, str]]:
    """All matchers of a label on one side of the inhibition rules, as (operator, value)."""
    rules = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["inhibit_rules"]
    texts = [text for rule in rules for text in rule[side]]
    found = [re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', text) for text in texts]
    return [(match[2], match[3]) for match in found if match and match[1] == label]


class RouteTests(unittest.TestCase):
    """The example as amtool reads it."""

    def test_configuration_is_valid(self) -> None:
        answer = amtool("check-config", str(CONFIGURATION))
        self.assertEqual(answer.returncode, 0, answer.stdout)

    def test_mail_receiver_in_the_comment_is_valid_too(self) -> None:
        text = CONFIGURATION.read_text(encoding="utf-8")
        commented = re.search(r"(?m)^  # - name: mailstore-critical\n(?:  #.*\n?)+", text)
        assert commented, "the example with email_configs is gone"
        receiver = yaml.safe_load(re.sub(r"(?m)^  # ?", "", commented[0]))
        content = yaml.safe_load(text)
        content["receivers"] = [one for one in content["receivers"] if one["name"] != "mailstore-critical"] + receiver
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            yaml.safe_dump(content, file)
            file.flush()
            answer = amtool("check-config", file.name)
        self.assertEqual(answer.returncode, 0, answer.stdout)

    def test_receivers(self) -> None:
        for labels, receiver in ROUTES:
            with self.subTest(labels):
                self.assertEqual(receivers(*labels.split()), receiver)

    def test_an_alert_of_hundreds_of_instances_is_one_message(self) -> None:
        routes = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["route"]["routes"][0]
        groups = [one["group_by"] for one in (routes, *routes["routes"])]
        self.assertEqual([group for group in groups if not set(group) <= {"alertname", "job", "instance", "target"}], [])

    def test_each_alert_goes_to_the_receiver_of_its_severity(self) -> None:
        alerts = {
            (rule.name, rule.severity)
            for path in ALERTS.glob("*" + RULE_SUFFIX)
            for rule in load_rules(path)
            if rule.is_alert
        }
        self.assertTrue(alerts)
        for name, severity in sorted(alerts):
            with self.subTest(f"{name} {severity}"):
                receiver = "watchdog" if name == "MailStoreWatchdog" else severity
                self.assertEqual(receivers(f"alertname={name}", f"severity={severity}"), f"mailstore-{receiver}")

    def test_inhibition_names_only_alerts_there_are(self) -> None:
        names = {rule.name for path in ALERTS.glob("*" + RULE_SUFFIX) for rule in load_rules(path) if rule.is_alert}
        asked = matchers("source_matchers", "alertname") + matchers("target_matchers", "alertname")
        self.assertTrue(asked)
        for operator, value in asked:
            for pattern in alternatives(value) if "~" in operator else [re.escape(value)]:
                with self.subTest(pattern):
                    self.assertTrue(any(re.fullmatch(pattern, name) for name in names), "no alert has such a name")


def alternatives(pattern: str) -> list[str]:
    """A regular expression taken apart at each `|`: `A(B|C)` gives `AB` and `AC`. One level of brackets."""
    group = re.fullmatch(r"(.*?)\((.*)\)(.*)", pattern)
    if group:
        return [group[1] + inner + group[3] for inner in group[2].split("|")]
    return pattern.split("|")


if __name__ == "__main__":
    unittest.main()
