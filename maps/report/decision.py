"""The decision report's chapters, in Chinese, from the typed figures of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import geopandas as gpd
import pandas as pd

from geo.layers.vocabulary import Group
from geo.summary.coverage import CoverageFigures
from geo.summary.run import RunSummary, done
from geo.summary.siting import SitingFigures
from geo.text import Text
from maps.district_table import district_names
from maps.estimate_words import estimate_mark, estimate_text
from maps.numbers import MISSING, count, index, percent, share
from maps.report.content import Chapter, Report, Table
from maps.workbook.words import DEFINITIONS, SAMPLE

Layers = Mapping[str, gpd.GeoDataFrame]
_GROUPS = {one.value: one.text.zh for one in Group}
_ASSUMPTIONS = {"limit": "时间或距离上限", "speed": "速度", "workers": "职工人数"}


def decision_report(
    layers: Layers, summary: RunSummary, *, sample: bool, credit: Text | None = None
) -> Report:
    """Return the report on the sites a run recommends.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``sites`` and ``districts`` of :mod:`geo.layers.columns`, EPSG:4326.
    summary : RunSummary
        With coverage and sites; other steps where they were made.
    sample : bool
        Whether the data are invented, which cover and headers then say.
    credit : Text | None
        Whom the streets come from.

    Raises
    ------
    ValueError
        If coverage or siting has not been run.
    """
    names = district_names(layers)
    seen, plan = done(summary.coverage), done(summary.siting)
    mark = SAMPLE if sample else estimate_mark(summary)
    chapters = (
        Chapter("一、摘要", tuple(_summary(summary, seen, plan))),
        Chapter("二、现状", tuple(_standing(summary, seen, names))),
        Chapter("三、方案", tuple(_plan(layers["sites"], seen, plan, names))),
        Chapter("四、同样的钱还能做什么", tuple(_beyond(summary))),
        Chapter("五、各项要求的代价", tuple(_floors(plan))),
        Chapter("六、把握有多大", tuple(_surely(summary, seen, plan, names))),
        Chapter("七、方法与术语", tuple(f"{term.zh}：{says.zh}" for term, says in DEFINITIONS)),
        Chapter("八、数据来源与局限", tuple(_sources(summary, seen, credit, sample=sample))),
        Chapter("附录 全部推荐站点", (_all_sites(layers["sites"], names),)),
    )
    made = f"{summary.facts.made:%Y-%m-%d}" if summary.facts else MISSING
    return Report("职工服务站点规划决策报告", made, mark.zh if mark else None, chapters)


def _unit(summary: RunSummary) -> str:
    return "份（相对权重，不是人数）" if summary.workers_rest_on == "relative" else "名职工"


def _yuan(value: float | None) -> str:
    return "费用不全" if value is None else f"{count(value)} 元"


def _summary(summary: RunSummary, seen: CoverageFigures, plan: SitingFigures) -> Iterator[str]:
    total, unit = done_total(summary), _unit(summary)
    yield (
        f"现状：全部 {count(total)} {unit}中，{count(seen.covered_before)} {unit}"
        f"（{share(seen.covered_before, total)}）在限定范围内有站点；按活动时段计，有站开门的工时占 "
        f"{share(seen.worker_hours_covered, seen.worker_hours_total)}；缺口 {count(seen.gaps)} 处。"
    )
    yield (
        f"建议：新建 {count(plan.sites)} 处，建成后覆盖 {count(plan.covered_after)} {unit}"
        f"（{share(plan.covered_after, total)}）；建设费用 {_yuan(plan.cost_cny)}。"
    )
    yield (
        f"把握：已证明同样条件下任何方案至多覆盖 {count(plan.upper_bound)} {unit}，"
        f"本方案与最优相差不超过 {percent(plan.gap, 2)}。"
    )
    if summary.improve:
        told = summary.improve
        yield (
            f"比较：同一笔预算 {_yuan(told.budget_cny)} 用于各类措施，每周新增 {count(told.gain)} 工时；"
            f"只新建每周新增 {count(told.build_only_gain)} 工时。"
        )
    yield from (remark.zh for remark in plan.remarks)


def done_total(summary: RunSummary) -> float:
    """Return the workers (or weights) in all."""
    if summary.workers_total is None:
        message = "the coverage has not been run"
        raise ValueError(message)
    return summary.workers_total


def _standing(
    summary: RunSummary, seen: CoverageFigures, names: Mapping[str, str]
) -> Iterator[str | Table]:
    head = ("职工", "已覆盖", "覆盖率", "有站开门的工时占比")
    yield f"以下人数的单位：{_unit(summary)}。"
    yield Table(
        "各区市现状",
        ("区市", *head),
        tuple(
            (
                _named(row.district, names),
                count(row.workers),
                count(row.workers_covered),
                share(row.workers_covered, row.workers),
                share(row.worker_hours_covered, row.worker_hours),
            )
            for row in seen.by_district
        ),
    )
    columns = ["workers", "workers_covered", "worker_hours", "worker_hours_covered"]
    rows = pd.DataFrame([row.model_dump() for row in seen.by_district_group])
    if len(rows):
        sums = rows.groupby("group")[columns].sum()
        yield Table(
            "各群体现状",
            ("群体", *head),
            tuple(
                (
                    _GROUPS.get(str(group), str(group)),
                    count(float(told[0])),
                    count(float(told[1])),
                    share(float(told[1]), float(told[0])),
                    share(float(told[3]), float(told[2])),
                )
                for group, told in zip(sums.index, sums.to_numpy(), strict=True)
            ),
        )
    even = seen.equity
    yield (
        f"公平性：工时覆盖的基尼系数 {index(even.gini)}；最差十分之一职工的工时覆盖 "
        f"{percent(even.worst_tenth)}；{percent(even.unserved_share)} 的职工工时完全无站可去。"
    )


def _named(code: str, names: Mapping[str, str]) -> str:
    return names.get(code, code) or "区市不详"


def _plan(
    sites: gpd.GeoDataFrame, seen: CoverageFigures, plan: SitingFigures, names: Mapping[str, str]
) -> Iterator[str | Table]:
    ranked = sites.sort_values("rank")
    reached = {phase.count: phase.covered for phase in plan.phases}
    # What is proven of phases stops before the last one, which is the whole plan.
    reached[plan.sites] = plan.covered_after - seen.covered_before
    ends = (0, *sorted(reached))
    yield Table(
        "分批",
        ("批次", "站点", "累计新增覆盖", "本批费用"),
        tuple(
            (
                f"第 {number} 批",
                count(end - start),
                count(reached[end]),
                _cost(ranked.iloc[start:end]),
            )
            for number, (start, end) in enumerate(pairwise(ends), start=1)
        ),
    )
    yield Table(
        "各区市方案",
        ("区市", "新建站点", "现覆盖率", "建成后覆盖率", "费用"),
        tuple(
            (
                _named(row.district, names),
                count(row.sites),
                percent(row.share_before),
                percent(row.share_after),
                _cost(sites[sites["district"].astype(str) == row.district]),
            )
            for row in plan.by_district
        ),
    )
    yield f"合计：{count(plan.sites)} 处，{_yuan(plan.cost_cny)}。"


def _cost(sites: gpd.GeoDataFrame) -> str:
    """Return what `sites` cost; never a sum that leaves out a site without a stated cost."""
    costs = sites["cost_cny"].astype(float)
    return _yuan(None if costs.isna().any() else float(costs.sum()))


def _beyond(summary: RunSummary) -> Iterator[str | Table]:
    told = summary.improve
    if told is None:
        yield summary.improve_skipped or "本次未比较新建以外的措施。"
        return
    yield (
        f"各类措施合计 {count(told.actions)} 项，费用 {_yuan(told.cost_cny)}，每周新增 "
        f"{count(told.gain)} 工时；只新建（{count(told.build_only_sites)} 处）每周新增 "
        f"{count(told.build_only_gain)} 工时。已证明至少多出 {count(told.more_than_building)} 工时。"
    )
    if told.prices_are_examples:
        yield "价目为示例，采用前请换成本单位价目。"
    yield Table(
        "各类措施",
        ("措施", "项数", "费用", "每周新增工时"),
        tuple(
            (one.action.text.zh, count(one.count), _yuan(one.cost_cny), count(one.worker_hours))
            for one in told.kinds
        ),
    )


def _floors(plan: SitingFigures) -> Iterator[str | Table]:
    if plan.rule_prices:
        yield Table(
            "为满足要求而入选的站点",
            ("要求", "因此入选", "其费用", "取消可多覆盖（至少）", "（至多）"),
            tuple(
                (
                    one.rule,
                    count(one.sites),
                    _yuan(one.cost_cny),
                    count(one.gain),
                    count(one.gain_bound),
                )
                for one in plan.rule_prices
            ),
        )
    else:
        yield "没有站点仅因某项要求而入选。"
    if plan.binding:
        yield Table(
            "放宽一步可增加的覆盖",
            ("要求", "放宽一步", "至少可增", "至多可增"),
            tuple(
                (one.rule, count(one.unit), count(one.gain), count(one.gain_bound))
                for one in plan.binding
            ),
        )


def _surely(
    summary: RunSummary, seen: CoverageFigures, plan: SitingFigures, names: Mapping[str, str]
) -> Iterator[str | Table]:
    low, high = seen.range.workers
    yield (
        f"职工覆盖率的可信范围：{percent(low)} 至 {percent(high)}；"
        f"方案与最优相差不超过 {percent(plan.gap, 2)}。"
    )
    kept = [one for one in plan.robustness if one is not None]
    if kept:
        often = sum(one >= 0.8 for one in kept)  # noqa: PLR2004 - four runs of five, as said
        yield f"人数有误差的试算中，{len(kept)} 处里有 {often} 处在至少八成试算中仍入选。"
    yield Table(
        "逐项假设变动",
        ("假设", "变动", "职工覆盖率", "工时覆盖率"),
        tuple(
            (
                _ASSUMPTIONS.get(one.assumption, one.assumption),
                f"{one.change:+.0%}",
                percent(one.workers),
                percent(one.worker_hours),
            )
            for one in seen.range.rows
        ),
    )
    rests = estimate_text(summary, names)
    if rests:
        yield rests.zh


def _sources(
    summary: RunSummary, seen: CoverageFigures, credit: Text | None, *, sample: bool
) -> Iterator[str]:
    if sample:
        yield SAMPLE.zh
    if credit:
        yield f"道路数据：{credit.zh}"
    if summary.facts:
        yield "图层版本：" + "；".join(f"{a} 第 {b} 版" for a, b in summary.facts.versions.items())
    yield (
        f"未填开放时间的站点 {count(seen.stations_without_hours)} 个；无法到达任何站点的职工 "
        + count(seen.unreachable_workers)
        + "。"
    )
    yield "推荐站点由程序按数据选出，均未经现场核实；立项前请逐一踏勘。"


def _all_sites(sites: gpd.GeoDataFrame, names: Mapping[str, str]) -> Table:
    rows = sites.sort_values("rank").to_dict("records")
    return Table(
        "推荐站点",
        ("序号", "名称", "地址", "区市", "批次", "新增覆盖", "费用"),
        tuple(
            (
                count(row["rank"]),
                _said(row["name"]),
                _said(row["address"]),
                _named(_said(row["district"]), names),
                count(row["phase"]),
                count(row["workers_new"]),
                MISSING if pd.isna(row["cost_cny"]) else count(row["cost_cny"]),
            )
            for row in rows
        ),
    )


def _said(value: object) -> str:
    return str(value) if isinstance(value, str) else MISSING
