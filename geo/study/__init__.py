"""The front of the thinking, without project folder or service: see :class:`Study`."""

from geo.coverage.rule import CoverageRule
from geo.study.rules import ActionRules, BusRules, SitingRules
from geo.study.study import Study

__all__ = ["ActionRules", "BusRules", "CoverageRule", "SitingRules", "Study"]
