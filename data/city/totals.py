"""How many workers there are: official totals where somebody has them, else parts of a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from data.city.tables import bad_row
from data.words.headers import word_of
from geo.demand.spreading import whole
from geo.errors import BadInputError
from geo.estimate.spread import Total
from geo.estimate.weights import Weights
from geo.layers.columns import WORKERS
from geo.layers.vocabulary import Group
from geo.text import Text

RELATIVE = 1_000
"""Parts each group is taken as where nobody knows how many it is."""
_HEADERS = {
    "district": ("区市", "区县", "district"),
    "group": ("群体", "group"),
    "workers": ("人数", "总数", "workers"),
}
_ALL = frozenset({"", "全市", "合计", "all"})
_GROUP = WORKERS.column("group")
CENSUS_SOURCE = "2020 年第七次全国人口普查分区市数据（leiii/census，MIT，© 2022 Lei Dong）"
ALL_EMPLOYED = "各种行业人口总计"
"""The column of all employed persons."""


def read_totals(path: Path, districts: Mapping[str, str]) -> list[Total]:
    """Read official totals from a table with the columns 区市 (blank: 全市), 群体, 人数.

    Parameters
    ----------
    path : Path
        ``.csv`` (any usual encoding) or ``.xlsx``.
    districts : Mapping[str, str]
        Name by adcode.

    Raises
    ------
    BadInputError
        If a column is missing, a district or group is not known, or a number is none.
    """
    table = _table(path)
    columns = {}
    for field, names in _HEADERS.items():
        found = next((one for one in table.columns if str(one).strip().lower() in names), None)
        if found is None and field != "district":
            raise BadInputError(
                Text(
                    f"{path.name}：缺少“{names[0]}”列；需要 区市、群体、人数。",
                    f"{path.name} lacks the column {field}; it needs district, group, workers.",
                )
            )
        columns[field] = found
    codes = {name: code for code, name in districts.items()} | {code: code for code in districts}
    totals = []
    for number, row in enumerate(table.to_dict("records"), start=2):
        told = {field: str(row[name] if name else "").strip() for field, name in columns.items()}
        if not any(told.values()):
            continue
        group = word_of(_GROUP, told["group"])
        try:
            code = "" if told["district"] in _ALL else codes[told["district"]]
            workers = int(float(told["workers"].replace(",", "")))
        except KeyError:
            known = "、".join(districts.values())
            raise bad_row(
                path, number, ValueError(f"没有区市 {told['district']}；有 {known}")
            ) from None
        except ValueError as error:
            raise bad_row(path, number, error) from error
        if group is None or workers < 0:
            raise bad_row(path, number, ValueError(told["group"] if group is None else workers))
        totals.append(Total(Group(group), code, workers))
    _refuse_twice(path, totals)
    return totals


def _table(path: Path) -> pd.DataFrame:
    if path.suffix.lower() in {".xlsx", ".xls"}:
        return pd.read_excel(path, dtype=str, engine="calamine").fillna("")
    raw = path.read_bytes()
    encoding = "gb18030"
    try:
        raw.decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        pass
    return pd.read_csv(path, dtype=str, encoding=encoding).fillna("")


def _refuse_twice(path: Path, totals: Sequence[Total]) -> None:
    """Refuse a group told for the city and for districts too, or told twice."""
    seen: dict[Group, set[str]] = {}
    for total in totals:
        mine = seen.setdefault(total.group, set())
        if total.district in mine or (mine and "" in {total.district, *mine}):
            raise BadInputError(
                Text(
                    f"{path.name}：{total.group.text.zh}的人数写了不止一次"
                    "（全市和分区市只能写一种，每个区市一行）。",
                    f"{path.name} tells {total.group.text.en} more than once: either for the whole "
                    "city or once a district.",
                )
            )
        mine.add(total.district)


def relative_totals(weights: Weights) -> list[Total]:
    """Return every group as the same number of parts: between groups nothing is known."""
    return [Total(group, "", RELATIVE, relative=True) for group in weights.groups]


def by_census(
    totals: Sequence[Total], weights: Weights, codes: Sequence[str]
) -> tuple[list[Total], Text | None]:
    """Share what is told for the whole city out over districts as the census counts employed people.

    Returns
    -------
    list[Total]
        By district where the census knows all of `codes`; as given where it does not.
    Text | None
        By what they were shared, None where they were not.
    """
    if not set(codes) <= set(census().index):
        return list(totals), None
    shared: list[Total] = []
    for total in totals:
        industry = weights.groups[total.group].industry
        if total.district or industry not in census():
            shared.append(total)
            continue
        part = census().loc[list(codes), industry].astype(float)
        counts = whole(total.workers * part / part.sum(), total.workers)
        shared += [
            Total(total.group, code, int(count), total.relative)
            for code, count in zip(codes, counts, strict=True)
            if count
        ]
    return shared, Text(
        f"区市之间按{CENSUS_SOURCE}的分行业就业人口（长表，按居住地）分配",
        "shared between districts by the employed of each industry in the 2020 census (long form, "
        "by residence)",
    )


@cache
def census() -> pd.DataFrame:
    """Return the table by ``adcode``: ``name``, ``residents`` and employed persons by industry."""
    path = files("data.city") / "tables" / "census2020_qingdao.csv"
    with path.open(encoding="utf-8-sig") as file:
        return pd.read_csv(file, dtype={"adcode": str}).set_index("adcode")


def official_code(name: str) -> str | None:
    """Return the adcode of the district called `name`, as OpenStreetMap may write it too."""
    known = census()["name"]
    found = [str(code) for code, official in known.items() if official in name]
    return found[0] if len(found) == 1 else None


def census_industry(group: Group) -> str | None:
    """Return the industry whose employed share out a group between districts, None for none."""
    path = files("data.city") / "tables" / "groups.csv"
    with path.open(encoding="utf-8-sig") as file:
        told = pd.read_csv(file, index_col="group")["普查行业"]
    return str(told[group]) if group in told.index else None
