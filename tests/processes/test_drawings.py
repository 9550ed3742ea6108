"""Every diagram can be read by a stranger: what STYLE asks of a BPMN file, held file by file."""

import copy
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.processes import drawing

FILES = sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))
ROLES = {
    "region_leading_group": "自治区扶贫开发领导小组",
    "city_leading_group": "市扶贫开发领导小组",
    "city_office": "市扶贫办",
    "county_leading_group": "县扶贫开发领导小组",
    "county_adjust_group": "县扶贫对象动态调整领导小组",
    "county_office_director": "县扶贫办主任",
    "county_office_clerk": "县扶贫办经办",
    "county_inspector": "县扶贫办抽查员",
    "civil_affairs": "县民政局",
    "finance_bureau": "县财政局",
    "statistics_bureau": "县统计局",
    "disabled_federation": "县残联",
    "support_unit": "帮扶单位",
    "township_head": "乡(镇)长",
    "township_clerk": "扶贫站经办",
    "township_reviewer": "审核员",
    "village_work_group": "挂村工作组",
    "volunteer": "大学生志愿者",
    "village_committee": "村民委员会",
    "village_clerk": "村文书",
    "villager_assembly": "村民代表大会",
    "resident_team": "驻村工作队",
    "helper": "帮扶责任人",
    "group_leader": "村民小组长",
    "household": "农户",
    "objector": "异议人",
}
each_file = pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
each_check = pytest.mark.parametrize("check", drawing.CHECKS, ids=lambda c: c.__name__)


def groups_of(task: etree._Element) -> str | None:
    found = task.find(f"{drawing.BPMN}extensionElements/{drawing.ZEEBE}assignmentDefinition")
    return None if found is None else found.get("candidateGroups")


@each_check
@each_file
def test_a_diagram_is_drawn_to_the_rules(file: Path, check: Callable[[drawing.Drawing], list[str]]) -> None:
    assert list(check(drawing.Drawing(file))) == []


@each_file
def test_a_process_bears_the_name_of_its_file_or_begins_with_a_known_prefix(file: Path) -> None:
    ids = [p.get("id", "") for p in drawing.Drawing(file).root.iter(f"{drawing.BPMN}process")]
    assert file.stem in ids
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", i) for i in ids)


def test_the_page_beside_the_pictures_names_elements_that_are_drawn_and_shows_every_file() -> None:
    page = (Path(__file__).parents[2] / "docs/diagrams/README.md").read_text("utf-8")
    named = set(re.findall(r"`((?:Task|Activity|Event|Gateway|End)_\w+)`", page))
    drawn = {e.get("id") for file in FILES for e in drawing.Drawing(file).root.iter(f"{drawing.BPMN}*")}
    assert len(named) > 100
    assert named - drawn == set()
    assert set(re.findall(r"\]\((\w+)\.png\)", page)) == {file.stem for file in FILES}


@each_file
def test_every_user_task_is_for_a_role(file: Path) -> None:
    """Either the lane is a role (DOMAIN §8.1), or the task names its roles, by id or by an expression."""
    d = drawing.Drawing(file)
    lanes = {r.text: lane.name for lane in d.of({"lane"}) for r in lane.xml.iter(f"{drawing.BPMN}flowNodeRef")}
    for task in d.of({"userTask"}):
        groups = groups_of(task.xml)
        if groups is None:
            holder = next(i for i in (task.id, *task.ancestors()) if i in lanes)
            assert lanes[holder] in ROLES.values(), f"{task.id} stands in lane {lanes[holder]}, which is no role"
        elif not groups.startswith("="):
            assert set(groups.split(",")) <= set(ROLES), f"{task.id} is for {groups}"


@each_file
def test_a_lane_is_a_role_unless_its_tasks_name_theirs(file: Path) -> None:
    d = drawing.Drawing(file)
    for lane in d.of({"lane"}):
        refs = [d.elements[r.text] for r in lane.xml.iter(f"{drawing.BPMN}flowNodeRef")]
        named = all(groups_of(n.xml) for n in refs if n.kind == "userTask")
        assert lane.name in ROLES.values() or named, f"{lane.id} {lane.name} is no role"


@each_file
def test_a_file_declares_the_platform_it_is_drawn_for(file: Path) -> None:
    root = drawing.Drawing(file).root
    modeler = "{http://camunda.org/schema/modeler/1.0}"
    assert root.get(f"{modeler}executionPlatform") == "Camunda Cloud"
    assert root.get(f"{modeler}executionPlatformVersion") == "8.8.0"


def spoilt(change: Callable[[etree._Element], None], tmp_path: Path) -> list[str]:
    """Findings about the public notice after `change` was done to it."""
    root = copy.deepcopy(drawing.Drawing(FILES[0].with_name("public_notice.bpmn")).root)
    change(root)
    path = tmp_path / "spoilt.bpmn"
    etree.ElementTree(root).write(path)
    return drawing.problems(path)


def shape(root: etree._Element, element: str) -> etree._Element:
    return next(
        s for s in root.iter(f"{drawing.DI}BPMNShape", f"{drawing.DI}BPMNEdge") if s.get("bpmnElement") == element
    )


def drop_shape(root: etree._Element) -> None:
    gone = shape(root, "Task_IssueNotice")
    gone.getparent().remove(gone)


def move_shape(dx: int) -> Callable[[etree._Element], None]:
    def move(root: etree._Element) -> None:
        bounds = shape(root, "Task_IssueNotice").find(f"{drawing.DC}Bounds")
        bounds.set("x", str(float(bounds.get("x")) + dx))

    return move


def tilt_flow(root: etree._Element) -> None:
    end = shape(root, "Flow_DraftNotice_IssueNotice").findall(drawing.WAYPOINT)[-1]
    end.set("y", str(float(end.get("y")) + 20))


def find(root: etree._Element, element: str) -> etree._Element:
    return next(e for e in root.iter() if e.get("id") == element)


def drop_default(root: etree._Element) -> None:
    del find(root, "Gateway_Issued").attrib["default"]


def drop_guidance(root: etree._Element) -> None:
    task = find(root, "Task_IssueNotice")
    task.remove(task.find(f"{drawing.BPMN}documentation"))


def machine_id(root: etree._Element) -> None:
    for e in root.iter():
        for key, value in e.attrib.items():
            if value == "Task_IssueNotice":
                e.set(key, "Activity_0x3k2lq")
        if e.text == "Task_IssueNotice":
            e.text = "Activity_0x3k2lq"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (drop_shape, "Task_IssueNotice is drawn 0 times"),
        (move_shape(-100), "Task_DraftNotice overlaps Task_IssueNotice"),
        (move_shape(5), "Task_IssueNotice is off the grid"),
        (move_shape(5), "Flow_DraftNotice_IssueNotice docks Task_IssueNotice at no side"),
        (move_shape(100), "passes through Task_IssueNotice"),
        (tilt_flow, "Flow_DraftNotice_IssueNotice runs diagonally"),
        (drop_default, "Gateway_Issued has no default flow"),
        (drop_guidance, "Task_IssueNotice has no documentation"),
        (machine_id, "Activity_0x3k2lq is not a chosen id"),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_a_spoilt_drawing_is_found_out(change: Callable[[etree._Element], None], finding: str, tmp_path: Path) -> None:
    assert spoilt(lambda root: None, tmp_path) == []
    assert any(finding in text for text in spoilt(change, tmp_path))
