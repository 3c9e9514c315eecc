"""What all figures of a run have in common: JSON keys, and nothing that is not a number."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Annotated, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

if TYPE_CHECKING:
    import pandas as pd

F = TypeVar("F", bound="Figures")


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
