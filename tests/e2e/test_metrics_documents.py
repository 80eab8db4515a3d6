"""The documents and the dashboard name metrics that are there, and all of them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from tests.support.proxy import ROOT, Proxy

from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}
DASHBOARD = json.loads((ROOT / "config" / "grafana-dashboard.json").read_text())
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
SUFFIX = re.compile(r"_(total|bucket|sum|count|created)$")
METRIC = re.compile(r"\b(?:gigagate|gen_ai|process)_\w+")
LABELS = {"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"}
LABELS |= {"gen_ai_token_type", "gigagate_key"}


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Metric]]:
    """/metrics of a proxy that has seen a stream, an error and a trouble, by the metric's name."""
    folder = tmp_path_factory.mktemp("metrics")
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        settings = {"prices": {"GigaChat-2-Max": 1}, "deadlines": {"retry": 1e-9}}
        with Proxy(emulator, folder / "state", settings=settings) as proxy:
            url = f"{proxy.base_url}/chat/completions"
            requests.post(url, json=CHAT | {"stream": True}, timeout=20)
            emulator.faults.add(path="/chat/completions", status=402, body="{}")
            requests.post(url, json=CHAT, timeout=20)
            text = requests.get(f"{proxy.url}/metrics", timeout=20).text
    yield {family.name: family for family in text_string_to_metric_families(text)}


def expressions() -> list[str]:
    targets = [target for panel in DASHBOARD["panels"] for target in panel["targets"]]
    variables = [variable["query"] for variable in DASHBOARD["templating"]["list"]]
    queries = [query["query"] for query in variables if isinstance(query, dict)]
    return [target["expr"] for target in targets] + queries


def samples(families: dict[str, Metric]) -> dict[str, set[str]]:
    """Name of a sample -> its labels."""
    found: dict[str, set[str]] = {}
    for family in families.values():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_the_dashboard_has_panels_of_which_each_asks_something() -> None:
    assert len(DASHBOARD["panels"]) > 10
    assert all(panel["targets"] for panel in DASHBOARD["panels"])


@pytest.mark.parametrize("expression", expressions())
def test_every_query_of_the_dashboard_names_metrics_and_labels_that_exist(
    families: dict[str, Metric], expression: str
) -> None:
    exist = samples(families)
    names = [name for name in METRIC.findall(expression) if name not in LABELS]
    assert names
    for name in names:
        assert name in exist
    asked = set(re.findall(r"(\w+)(?:=~|!=|=)\"", expression))
    for labels in re.findall(r"by \(([^)]*)\)", expression):
        asked |= {label.strip() for label in labels.split(",")}
    known = set.union(*(exist[name] for name in names)) | {"job", "instance"}
    assert asked <= known


def test_the_table_of_metrics_is_complete(families: dict[str, Metric]) -> None:
    section = OPERATIONS.partition("## Metrics")[2].partition("\n## ")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE))
    there = {name: f.type for name, f in families.items() if not name.startswith("process_")}
    assert documented == there


NOT_YET = {"gigagate_credential_moves"}
"""Counted only with several credentials: tests/e2e/test_credentials.py reads its labels."""


def test_the_documented_labels_are_there(families: dict[str, Metric]) -> None:
    section = OPERATIONS.partition("## Metrics")[2].partition("\n## ")[0]
    model = {"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"}
    for name, labels in re.findall(r"^\| `(\w+)` \| \w+ \| ([^|]*) \|", section, re.MULTILINE):
        documented = set(re.findall(r"`(\w+)`", labels))
        documented |= model if labels.startswith("operation, provider, model") else set()
        there = set.union(set(), *(sample.labels for sample in families[name].samples)) - {"le"}
        assert documented == there or (name in NOT_YET and not there), name


def test_the_documented_alerts_name_metrics_that_exist(families: dict[str, Metric]) -> None:
    section = OPERATIONS.partition("Worth an alert")[2].partition("\n## ")[0]
    names = METRIC.findall(section)
    assert names
    assert set(names) <= samples(families).keys()


def test_the_scrape_example_is_yaml_that_asks_the_proxy() -> None:
    config = yaml.safe_load(Path(ROOT / "config" / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["localhost:4000"]}]
