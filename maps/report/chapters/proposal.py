"""The plan by phase and district and who pays, what else the money does, what rules cost."""

from __future__ import annotations

from collections.abc import Iterator

from geo.siting.models.model import ModelKind
from geo.summary.action_figures import ActionFigures
from geo.text import Text
from maps.numbers import count, percent
from maps.report.content import (
    Block,
    Chart,
    Form,
    Heading,
    PaperTable,
    Series,
    TableColumn,
    Value,
    ValueKind,
    yuan,
)
from maps.report.subject import (
    MONEY,
    OF_DISTRICT,
    Subject,
    cost_of,
    cost_shares,
    money,
    of_district,
    table_by_district,
)

_SITES = TableColumn(Text("新建站点", "New sites"), ValueKind.COUNT, adds=True)
_NEW = TableColumn(Text("新增覆盖", "Newly covered"), ValueKind.COUNT, adds=True)


def proposal(subject: Subject) -> Iterator[Block]:
    """Yield the chapter 方案."""
    plan = subject.plan
    city, district = cost_shares(cost_of(subject.sites), subject.city_share)
    yield Text(
        f"新建 {count(plan.sites)} 处，建设费用 {yuan(plan.cost_cny).zh}，其中市级承担 "
        f"{percent(subject.city_share, 0)}，计 {yuan(city).zh}；区市承担 {yuan(district).zh}。",
        f"{count(plan.sites)} new sites for {yuan(plan.cost_cny).en}, of which the city pays "
        f"{percent(subject.city_share, 0)}, {yuan(city).en}, and the districts {yuan(district).en}.",
    )
    yield from _limits(subject)
    yield curve_chart(subject)
    yield Heading(Text("（一）分批实施", "By phase"))
    yield phase_table(subject)
    yield Heading(Text("（二）各区市", "By district"))
    yield district_plan(subject)
    yield phase_district_table(subject)


def _limits(subject: Subject) -> Iterator[Block]:
    """Say what budgets were given to keep to."""
    rules = subject.rules.siting
    given = []
    if rules.budget_cny:
        given.append(
            Text(f"总预算 {yuan(rules.budget_cny).zh}", f"budget {yuan(rules.budget_cny).en}")
        )
    if rules.city_cny:
        given.append(Text(f"市级 {yuan(rules.city_cny).zh}", f"city {yuan(rules.city_cny).en}"))
    for code, most in rules.district_cny.items():
        name = str(subject.district(code))
        given.append(Text(f"{name} {yuan(most).zh}", f"{name} {yuan(most).en}"))
    if given:
        yield Text(
            "资金上限：" + "；".join(one.zh for one in given) + "。",
            "Limits of money: " + "; ".join(one.en for one in given) + ".",
        )


def curve_chart(subject: Subject) -> Chart:
    """Return workers covered by number of sites, with what is proven."""
    curve = subject.plan.curve
    return Chart(
        key="curve",
        caption=Text("新建站点数与覆盖职工", "Workers covered by number of new sites"),
        form=Form.LINE,
        categories=tuple(str(one) for one in curve.sites),
        series=(
            Series(Text("本方案", "This plan"), curve.covered),
            Series(Text("已证明的上界", "Proven upper bound"), curve.upper_bound),
        ),
        kind=ValueKind.COUNT,
        axes=(Text("新建站点（处）", "New sites"), Text("覆盖职工", "Workers covered")),
        table="curve",
        columns=(0, 1, 2),
    )


def curve_table(subject: Subject) -> PaperTable:
    """Return the numbers of that chart."""
    curve = subject.plan.curve
    return PaperTable(
        key="curve",
        caption=Text("新建站点数与覆盖职工", "Workers covered by number of new sites"),
        columns=(
            TableColumn(Text("新建站点（处）", "New sites"), ValueKind.COUNT),
            TableColumn(Text("本方案覆盖职工", "Covered by this plan"), ValueKind.COUNT),
            TableColumn(Text("已证明的上界", "Proven upper bound"), ValueKind.COUNT),
        ),
        rows=tuple(zip(curve.sites, curve.covered, curve.upper_bound, strict=True)),
    )


def phase_table(subject: Subject) -> PaperTable:
    """Return what each phase adds and costs, and what is proven of it."""
    plan, sites = subject.plan, subject.sites
    proven = {one.count: one for one in plan.phases}
    rows: list[tuple[Value, ...]] = []
    reached, opened = 0.0, 0
    for number, part in sites.groupby(sites["phase"].fillna(1).astype(int)):
        opened += len(part)
        reached += float(part["workers_new"].astype(float).sum())
        known = proven.get(opened)
        whole = opened == plan.sites
        bound = None if known is None else known.bound
        gap = None if known is None else known.gap
        if whole:
            bound, gap = plan.upper_bound - subject.seen.covered_before, plan.gap
        phase = Text(f"第 {number} 批", f"Phase {number}")
        new = float(part["workers_new"].astype(float).sum())
        cells = (phase, len(part), new, reached, bound, gap)
        rows.append((*cells, *money(subject, cost_of(part))))
    columns = (
        TableColumn(Text("批次", "Phase")),
        _SITES,
        _NEW,
        TableColumn(Text("累计新增", "So far"), ValueKind.COUNT),
        TableColumn(Text("已证明至多", "Proven at most"), ValueKind.COUNT),
        TableColumn(Text("差距", "Gap"), ValueKind.SHARE),
        *MONEY,
    )
    note = None
    if plan.objective.model is ModelKind.MCLP:
        note = Text(
            "“已证明至多”：同样多的站点、且能接着建成同样好方案的任何选法，累计新增都不超过此数。",
            "Proven at most: no choice of so many sites that extends to a plan as good adds more.",
        )
    return PaperTable(
        key="phases",
        caption=Text("分批实施", "By phase"),
        columns=columns,
        rows=tuple(rows),
        note=note,
    )


def district_plan(subject: Subject) -> PaperTable:
    """Return what each district gets and pays."""
    sites = subject.sites
    rows = []
    for row in subject.plan.by_district:
        part = sites[sites["district"].astype(str) == row.district]
        covered = (row.covered_before, row.covered_after)
        shares = (row.share_before, row.share_after)
        first = (*of_district(subject, row.district), row.sites, row.workers)
        rows.append((*first, *covered, *shares, *money(subject, cost_of(part))))
    columns = (
        *OF_DISTRICT,
        _SITES,
        TableColumn(Text("职工", "Workers"), ValueKind.COUNT, adds=True),
        TableColumn(Text("现已覆盖", "Covered now"), ValueKind.COUNT, adds=True),
        TableColumn(Text("建成后覆盖", "Covered then"), ValueKind.COUNT, adds=True),
        TableColumn(Text("现覆盖率", "Share now"), ValueKind.SHARE, of=(4, 3)),
        TableColumn(Text("建成后覆盖率", "Share then"), ValueKind.SHARE, of=(5, 3)),
        *MONEY,
    )
    caption = Text("各区市方案与资金", "Districts: plan and money")
    return PaperTable(
        key="plan", caption=caption, columns=columns, rows=tuple(rows), paper=(1, 2, 6, 7, 8, 9, 10)
    )


def phase_district_table(subject: Subject) -> PaperTable:
    """Return sites and money of each phase in each district."""
    sites = subject.sites
    phases = sites["phase"].fillna(1).astype(int)
    rows = []
    for (number, code), part in sites.groupby([phases, sites["district"].fillna("").astype(str)]):
        new = float(part["workers_new"].astype(float).sum())
        phase = Text(f"第 {number} 批", f"Phase {number}")
        first = (phase, *of_district(subject, str(code)), len(part), new)
        rows.append((*first, *money(subject, cost_of(part))))
    columns = (TableColumn(Text("批次", "Phase")), *OF_DISTRICT, _SITES, _NEW, *MONEY)
    caption = Text("各批各区市的站点与资金", "Phases and districts: sites and money")
    return PaperTable(
        key="phase_districts",
        caption=caption,
        columns=columns,
        rows=tuple(rows),
        paper=(0, 2, 3, 4, 5, 6, 7),
    )


def beyond(subject: Subject) -> Iterator[Block]:
    """Yield the chapter on what the same money does when it need not only build."""
    told = subject.summary.improve
    if told is None:
        skipped, in_english = subject.summary.improve_skipped, subject.summary.improve_skipped_en
        plain = Text("本次未比较新建以外的措施。", "Actions other than building were not compared.")
        yield Text(skipped, in_english or skipped) if skipped else plain
        return
    yield Text(
        f"同一笔钱（{yuan(told.budget_cny).zh}）用于各类措施共 {count(told.actions)} 项，实际费用 "
        f"{yuan(told.cost_cny).zh}，每周新增 {count(told.gain)} 工时；只新建"
        f"（{count(told.build_only_sites)} 处）每周新增 {count(told.build_only_gain)} 工时。"
        f"已证明至少多出 {count(told.more_than_building)} 工时。",
        f"The same money ({yuan(told.budget_cny).en}) spent on {count(told.actions)} actions of all "
        f"kinds costs {yuan(told.cost_cny).en} and adds {count(told.gain)} worker-hours a week; new "
        f"sites alone ({count(told.build_only_sites)}) add {count(told.build_only_gain)}. Proven: at "
        f"least {count(told.more_than_building)} more.",
    )
    if told.prices_are_examples:
        yield Text(
            "价目为示例，采用前请换成本单位价目。",
            "Prices are examples; put in your own before you rely on them.",
        )
    yield _kinds_table(subject, told)
    yield _action_district_table(subject, told)
    yield _needs_table(told)


_ACTIONS = TableColumn(Text("项数", "Actions"), ValueKind.COUNT, adds=True)


def _kinds_table(subject: Subject, told: ActionFigures) -> PaperTable:
    hours = TableColumn(Text("每周新增工时", "Worker-hours a week"), ValueKind.COUNT, adds=True)
    return PaperTable(
        key="kinds",
        caption=Text("各类措施", "Kinds of action"),
        columns=(TableColumn(Text("措施", "Action"), wide=1.4), _ACTIONS, hours, *MONEY),
        rows=tuple(
            (one.action.text, one.count, one.worker_hours, *money(subject, one.cost_cny))
            for one in told.kinds
        ),
    )


def _action_district_table(subject: Subject, told: ActionFigures) -> PaperTable:
    return table_by_district(
        subject,
        "action_districts",
        Text("各区市：措施与每周仍未满足的工时", "Districts: actions and worker-hours still unmet"),
        (
            _ACTIONS,
            TableColumn(Text("现未满足", "Unmet now"), ValueKind.COUNT, adds=True),
            TableColumn(Text("实施后未满足", "Unmet then"), ValueKind.COUNT, adds=True),
            *MONEY,
        ),
        (
            (
                one.district,
                (
                    one.actions,
                    one.unserved_before,
                    one.unserved_after,
                    *money(subject, one.cost_cny),
                ),
            )
            for one in told.by_district
        ),
    )


def _needs_table(told: ActionFigures) -> PaperTable:
    return PaperTable(
        key="needs",
        caption=Text("各项需求每周满足的工时", "Needs: worker-hours met a week"),
        columns=(
            TableColumn(Text("需求", "Need"), wide=1.4),
            TableColumn(Text("全部", "All"), ValueKind.COUNT, adds=True),
            TableColumn(Text("现已满足", "Met now"), ValueKind.COUNT, adds=True),
            TableColumn(Text("实施后满足", "Met then"), ValueKind.COUNT, adds=True),
            TableColumn(Text("实施后占比", "Share then"), ValueKind.SHARE, of=(3, 1)),
        ),
        rows=tuple(
            (
                one.text,
                one.total,
                one.before,
                one.after,
                one.after / one.total if one.total else None,
            )
            for one in told.needs
        ),
    )


def floors(subject: Subject) -> Iterator[Block]:
    """Yield the chapter on what each rule costs."""
    plan = subject.plan
    least = TableColumn(Text("至少可多覆盖", "Covered more, at least"), ValueKind.COUNT)
    most = TableColumn(Text("至多（已证明）", "At most (proven)"), ValueKind.COUNT)
    if plan.rule_prices:
        yield PaperTable(
            key="floors",
            caption=Text("只因某项要求而入选的站点", "Sites there only because of a rule"),
            columns=(
                TableColumn(Text("要求", "Rule"), wide=2.0),
                TableColumn(Text("因此入选", "Sites"), ValueKind.COUNT),
                TableColumn(Text("其费用（元）", "Their cost (CNY)"), ValueKind.YUAN),
                least,
                most,
            ),
            rows=tuple(
                (one.text, one.sites, one.cost_cny, one.gain, one.gain_bound)
                for one in plan.rule_prices
            ),
        )
    else:
        yield Text("没有站点仅因某项要求而入选。", "No site is there only because of a rule.")
    if plan.binding:
        yield PaperTable(
            key="binding",
            caption=Text("放宽一步能多覆盖多少", "What one step more of a rule brings"),
            columns=(
                TableColumn(Text("要求", "Rule"), wide=2.0),
                TableColumn(Text("放宽一步", "One step"), ValueKind.COUNT),
                least,
                most,
            ),
            rows=tuple((one.text, one.unit, one.gain, one.gain_bound) for one in plan.binding),
        )
    else:
        yield Text("没有要求卡住方案。", "No rule holds the plan back.")
