"""What all figures of a run have in common, and those of estimates and of pieces of streets."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import (
    TYPE_CHECKING,
    Annotated,
    Self,
    TypeVar,
)

from pydantic import BaseModel, BeforeValidator, ConfigDict

from geo.fields import About, Unit
from geo.layers.vocabulary import ComponentStatus, Mode

if TYPE_CHECKING:
    import pandas as pd

F = TypeVar("F", bound="Figures")
Pair = tuple[float, float]
"""Low and high: the middle 90 % of the weightings."""
_M, _W = Unit.METRES, Unit.WORKERS


class Figures(BaseModel):
    """Frozen, complete, finite: what is not known is None, never a missing key or NaN."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    def but(self, **figures: object) -> Self:
        """Return the same with other `figures`, named as the fields are."""
        return self.model_copy(update=figures)


class _Nothing:
    def __contains__(self, _: object) -> bool:
        return False


def prefixed(
    prefix: str, *, only: Container[str] | None = None, but: Container[str] = _Nothing()
) -> Callable[[str], str]:
    """Return what makes JSON keys of field names: `prefix` before those in `only` and not in `but`."""

    def key(name: str) -> str:
        with_it = name not in but and (only is None or name in only)
        return f"{prefix}{name}" if with_it else name

    return key


def _or_none(value: object) -> object:
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN


Known = Annotated[float | None, BeforeValidator(_or_none)]
"""A figure, or None where it is not known; tables say NaN for that."""
KnownText = Annotated[str | None, BeforeValidator(_or_none)]
"""A text, or None where there is none."""


def rows_of(row: type[F], frame: pd.DataFrame) -> tuple[F, ...]:
    """Return one `row` for each row of `frame`, by the names of its columns."""
    return tuple(row.model_validate(one) for one in frame.to_dict("records"))


class EstimateFigures(Figures):
    """How much of the workers is estimated, and what other weights do to the share covered."""

    runs: Annotated[int, About("换权重试算次数", "Weightings drawn")]
    estimated: Annotated[float, About("其中估算的职工", "Workers estimated", Unit.WORKERS)]
    total: Annotated[float, About("职工", "Workers", Unit.WORKERS)]
    relative: Annotated[
        bool, About("相对权重、不是人数", "Whether estimates are weights and no numbers of people")
    ]
    by_district: Annotated[
        dict[str, float], About("各区市估算占比", "Share estimated by district code")
    ]
    covered: Annotated[Pair, About("现覆盖率的低与高", "Share covered now, low and high")]


class SiteEstimateFigures(Figures):
    """How the recommended sites stand under other weights."""

    after: Annotated[
        Pair, About("建成后覆盖率的低与高", "Share covered with the sites, low and high")
    ]
    kept: Annotated[
        tuple[float, ...],
        About("各站点仍入选的试算比例", "Of each site: share of the weightings it stays under"),
    ]
    staying: Annotated[int, About("至少八成试算里入选的站点", "Sites that stay under four of five")]


class PiecesSum(Figures):
    """Pieces of one standing together."""

    pieces: Annotated[int, About("片数", "Pieces")]
    length_m: Annotated[float, About("长度", "Length", _M)]
    workers: Annotated[float, About("职工", "Workers", _W)]
    stations: Annotated[int, About("站点（个）", "Stations")]


class Piece(Figures):
    """One piece beside the main one."""

    piece: Annotated[int, About("序号", "Number")]
    standing: Annotated[ComponentStatus, About("如何处理", "What became of it")]
    length_m: Annotated[float, About("长度", "Length", _M)]
    workers: Annotated[float, About("职工", "Workers", _W)]
    stations: Annotated[int, About("站点（个）", "Stations")]
    lon: Annotated[float, About("经度", "Longitude of a place on it, WGS 84")]
    lat: Annotated[float, About("纬度", "Latitude")]


class PiecesFigures(Figures):
    """The pieces of one mode's streets."""

    mode: Annotated[Mode, About("出行方式", "How one travels")]
    main: Annotated[PiecesSum, About("主路网", "The main network")]
    apart: Annotated[PiecesSum, About("独立成片", "Not connected with it, measured by themselves")]
    cut_off: Annotated[PiecesSum, About("其中没有站点的", "Pieces without a station")]
    crumbs: Annotated[PiecesSum, About("零碎未用", "Left out, too small")]
    no_return: Annotated[PiecesSum, About("单向不能往返", "Left out, no way back")]
    kept_from_m: Annotated[float, About("不短于此即保留", "Kept from this length", _M)]
    crumb_within_m: Annotated[
        float, About("离其他道路不到此距离才算零碎", "Left out only within this of others", _M)
    ]
    listed: Annotated[tuple[Piece, ...], About("逐片", "One by one, most workers first")]
    not_listed: Annotated[int, About("未逐一列出的片数", "Pieces not listed")]
