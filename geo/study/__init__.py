"""The front of the thinking, without project folder or service: see :class:`Study`.

Rules are read by who needs no streets; the study, and the kernels with it, comes when asked for.
"""

from typing import TYPE_CHECKING, Any

from geo.coverage.rule import CoverageRule
from geo.study.rules import ActionRules, BusRules, SitingRules

if TYPE_CHECKING:
    from geo.study.study import Study

__all__ = ["ActionRules", "BusRules", "CoverageRule", "SitingRules", "Study"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Return the study, brought in when first asked for."""
    if name != "Study":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from geo.study.study import Study  # noqa: PLC0415 - brings in numba and scipy

    return Study
