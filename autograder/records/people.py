"""People, units, roles: who may see whom, and who is enrolled in what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from autograder.database.schema import enrolment, membership, person, role, unit, unit_edge
from autograder.errors import StaffError
from autograder.locale import _
from autograder.model import Person, Role

STAFF_ROLES = (Role.INSTRUCTOR, Role.UNIT_ADMIN, Role.SYSTEM_ADMIN)


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit at its place in the tree that a viewer sees; ``depth`` 0 is a top unit of theirs."""

    id: str
    name: str
    parent_id: str | None
    depth: int


def find_person(conn: Connection, person_id: str) -> Person | None:
    """Return an active person with their roles, or None.

    Raises
    ------
    nothing
    """
    name = conn.scalar(select(person.c.name).where(person.c.id == person_id, person.c.active))
    if name is None:
        return None
    roles: dict[str, list[str]] = {}
    for name_of_role, unit_id in conn.execute(
        select(role.c.role, role.c.unit_id).where(role.c.person_id == person_id).order_by(role.c.role, role.c.unit_id)
    ):
        roles.setdefault(name_of_role, []).append(unit_id)
    return Person(person_id, name, {key: tuple(units) for key, units in roles.items()})


def select_units_below(top: Select[tuple[str]]) -> Select[tuple[str, str]]:
    """Return (top unit, unit) for every unit at or below those selected, on the administrative line.

    Raises
    ------
    nothing
    """
    start = top.subquery()
    tree = select(start.c[0].label("top_id"), start.c[0].label("unit_id")).cte(recursive=True)
    step = select(tree.c.top_id, unit_edge.c.child_id).join(
        unit_edge, and_(unit_edge.c.parent_id == tree.c.unit_id, unit_edge.c.kind == "administrative")
    )
    tree = tree.union(step)  # UNION, not UNION ALL: a cycle in the data ends instead of running for ever
    return select(tree.c.top_id, tree.c.unit_id)


def list_visible_units(conn: Connection, viewer: Person) -> list[UnitNode]:
    """Return the units for which the viewer is staff, and all below them, in tree order by name.

    Raises
    ------
    nothing
    """
    tops = sorted({unit_id for held in STAFF_ROLES for unit_id in viewer.roles.get(held, ())})
    if not tops:
        return []
    below = select_units_below(select(unit.c.id).where(unit.c.id.in_(tops))).subquery()
    found = conn.execute(select(unit.c.id, unit.c.name).where(unit.c.id.in_(select(below.c.unit_id).distinct())))
    names = {unit_id: name for unit_id, name in found}
    children: dict[str, list[str]] = {}
    inner: set[str] = set()
    for child_id, parent_id in conn.execute(
        select(unit_edge.c.child_id, unit_edge.c.parent_id).where(
            unit_edge.c.kind == "administrative", unit_edge.c.child_id.in_(names), unit_edge.c.parent_id.in_(names)
        )
    ):
        children.setdefault(parent_id, []).append(child_id)
        inner.add(child_id)

    nodes: list[UnitNode] = []
    seen: set[str] = set()

    def walk(unit_id: str, parent_id: str | None, depth: int) -> None:
        if unit_id in seen:
            return
        seen.add(unit_id)
        nodes.append(UnitNode(unit_id, names[unit_id], parent_id, depth))
        for child_id in sorted(children.get(unit_id, ()), key=lambda i: (names[i], i)):
            walk(child_id, unit_id, depth + 1)

    for unit_id in sorted(set(names) - inner, key=lambda i: (names[i], i)):
        walk(unit_id, None, 0)
    return nodes


def require_unit(conn: Connection, viewer: Person, unit_id: str) -> UnitNode:
    """Return a unit that the viewer may see.

    Raises
    ------
    StaffError
        404 ``unit-unknown``; 403 ``unit-not-visible``.
    """
    for node in list_visible_units(conn, viewer):
        if node.id == unit_id:
            return node
    if conn.scalar(select(unit.c.id).where(unit.c.id == unit_id)) is None:
        raise unknown_unit(unit_id)
    raise StaffError(
        "unit-not-visible",
        _("this unit is not among yours"),
        where=unit_id,
        hint=_("ask the system administrator if you should be responsible for it"),
        status=403,
    )


def is_visible_person(conn: Connection, viewer: Person, person_id: str, on: date | None = None) -> bool:
    """Tell whether a person belongs, on that day, to one of the viewer's units.

    Raises
    ------
    nothing
    """
    units = [node.id for node in list_visible_units(conn, viewer)]
    if not units:
        return False
    found = conn.scalar(
        select(membership.c.person_id)
        .where(membership.c.person_id == person_id, membership.c.unit_id.in_(units), is_member_on(on or today()))
        .limit(1)
    )
    return found is not None


def is_member_on(day: date) -> ColumnElement[bool]:
    """Return the condition "this membership holds on ``day``".

    Raises
    ------
    nothing
    """
    return and_(membership.c.since <= day, or_(membership.c.until.is_(None), membership.c.until >= day))


def find_due_date(conn: Connection, person_id: str, module_uuid: str) -> tuple[bool, datetime | None]:
    """Return (is enrolled, earliest due date) of a person in a module.

    A person is enrolled through a unit of theirs or one above it; several enrolments give the earliest date.

    Raises
    ------
    nothing
    """
    enrolled = select(enrolment.c.unit_id, enrolment.c.due_at).where(enrolment.c.module_uuid == module_uuid).subquery()
    below = select_units_below(select(enrolled.c.unit_id)).subquery()
    row = conn.execute(
        select(func.count(), func.min(enrolled.c.due_at))
        .select_from(enrolled)
        .join(below, below.c.top_id == enrolled.c.unit_id)
        .join(membership, membership.c.unit_id == below.c.unit_id)
        .join(role, and_(role.c.person_id == membership.c.person_id, role.c.role == literal(Role.LEARNER)))
        .where(membership.c.person_id == person_id, is_member_on(today()))
    ).one()
    return row[0] > 0, row[1]


def today() -> date:
    """Return the present day in Viet Nam.

    Raises
    ------
    nothing
    """
    from zoneinfo import ZoneInfo

    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def list_top_units(conn: Connection) -> list[str]:
    """Return the ids of the units that have none above them on the administrative line, by name.

    Raises
    ------
    nothing
    """
    has_parent = select(unit_edge.c.child_id).where(unit_edge.c.kind == "administrative")
    return list(conn.scalars(select(unit.c.id).where(unit.c.id.not_in(has_parent)).order_by(unit.c.name)))


def list_units_below(conn: Connection, tops: list[str]) -> list[str]:
    """Return the ids of the units and of all below them, each once, tops first, then by name.

    Raises
    ------
    StaffError
        404 ``unit-unknown``.
    """
    below = select_units_below(select(unit.c.id).where(unit.c.id.in_(tops))).subquery()
    found = list(
        conn.scalars(select(unit.c.id).where(unit.c.id.in_(select(below.c.unit_id))).order_by(unit.c.name, unit.c.id))
    )
    for top in tops:
        if top not in found:
            raise unknown_unit(top)
    return [*tops, *(unit_id for unit_id in found if unit_id not in tops)]


def unknown_unit(unit_id: str) -> StaffError:
    """Return the error for a unit that is not there.

    Raises
    ------
    nothing
    """
    return StaffError(
        "unit-unknown",
        _("there is no such unit"),
        where=unit_id,
        hint=_("choose a unit from the list"),
        status=404,
    )
