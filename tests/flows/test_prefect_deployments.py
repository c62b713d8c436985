"""Every deployment leads to a flow, and its form explains itself in Japanese."""

from __future__ import annotations

import re

import pytest
from prefect.flows import load_flow_from_entrypoint

from flows.deployments import SERVED, deployments

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
ENGLISH = re.compile(r"[a-z]+ [a-z]+")
DEPLOYMENTS = [pytest.param(d, id=d.name) for d in deployments("togitsu", "時津町")]


def model(deployment):
    """The one model a deployment's form is made of."""
    schema = deployment._parameter_openapi_schema
    ((_, parameter),) = schema.properties.items()
    return schema.definitions[parameter["$ref"].rpartition("/")[2]]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_it_resolves_by_a_dotted_name(deployment):
    """A file entrypoint would put flows/ first on sys.path and shadow our config."""
    assert re.fullmatch(r"flows(\.\w+)+", deployment.entrypoint)
    assert load_flow_from_entrypoint(deployment.entrypoint).name == deployment.flow_name


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_it_describes_itself_in_japanese(deployment):
    texts = (deployment.name, deployment.description, *deployment.tags)
    assert all(JAPANESE.search(text) for text in texts)


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_it_asks_with_one_model_whose_every_field_has_a_japanese_title_and_help(deployment):
    assert JAPANESE.search(model(deployment)["description"])
    assert not ENGLISH.search(model(deployment)["description"]), "a docstring has got into the form"
    for field in form(deployment).values():
        assert JAPANESE.search(field["title"])
        assert JAPANESE.search(field["description"])


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_it_starts_with_one_click_or_says_what_it_needs(deployment):
    flow = load_flow_from_entrypoint(deployment.entrypoint)
    (needs,) = [served.needs for served in SERVED if served.flow.name == flow.name]
    assert set(model(deployment).get("required", [])) == set(needs)
    if not needs:
        assert flow.validate_parameters(deployment.parameters)


def form(deployment):
    """The fields of a deployment's form by their names."""
    return model(deployment)["properties"]


def test_it_does_nothing_for_good_before_it_was_tried():
    (watch,) = [d for d in deployments("togitsu", "時津町") if d.flow_name == "進捗監視"]
    assert watch.parameters["order"]["mode"] == form(watch)["mode"]["default"] == "試行"
    assert {schedule.parameters["order"]["mode"] for schedule in watch.schedules} == {"本番"}


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_it_offers_closed_lists_that_hold_its_own_defaults(deployment):
    fields = form(deployment)
    assert fields["town"]["enum"] == ["togitsu"]
    for name, field in fields.items():
        assert "choices" not in field, "a list was not filled in"
        chosen = deployment.parameters["order"].get(name, field.get("default"))
        assert "enum" not in field or chosen is None or chosen in field["enum"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_it_lets_one_run_at_a_time_write(deployment):
    assert deployment.concurrency_limit == 1
    assert deployment.concurrency_options.collision_strategy.value == "ENQUEUE"


def test_it_offers_every_project_of_the_plan_by_id_and_name():
    (answers,) = [d for d in deployments("togitsu", "時津町") if d.flow_name == "対応記録"]
    offered = form(answers)["project"]["enum"]
    assert len(offered) == 29 and all(re.fullmatch(r"DX-\d\d .+", entry) for entry in offered)


def test_it_offers_the_departments_and_the_reporting_cycles_of_the_town():
    (again,) = [d for d in deployments("togitsu", "時津町") if d.flow_name == "再現"]
    departments, cycles = form(again)["department"]["enum"], form(again)["cycle"]["enum"]
    assert departments[0] == cycles[0] == "", "all of them, and the present one, unless somebody chooses"
    assert {"行政管理課", "住民環境課", "各所管課"} <= set(departments)
    assert len(cycles) == 9 and len(set(cycles)) == 9
    assert all(re.fullmatch(r"\d{4}-(01|04|07|10)-01 令和\d+年\d+月1日から", entry) for entry in cycles[1:])
