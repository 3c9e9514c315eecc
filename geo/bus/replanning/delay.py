"""A crew's report that its bus is late, from the moment it is kept until everybody is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from geo.text import Language, Text


class DelayState(StrEnum):
    """What became of a report."""

    KEPT = "kept"
    TOLD = "told"
    REFUSED = "refused"


class Delay(BaseModel):
    """One report that a bus is late.

    Attributes
    ----------
    number : int
        Of the report, from 1.
    bus : str
        Its id.
    late_min : int
        How much later than announced its next visit begins, minutes.
    reported : datetime
        When, Asia/Shanghai.
    language : Language
        That of the pages and sheets written for it.
    state : DelayState
        Kept until the new hours are published, or cannot be.
    version : int
        The plan with the new hours; 0 before there is one.
    changes : int
        How many visits it changes.
    why : tuple[str, str] | None
        Why it was refused, in Chinese and English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    bus: str
    late_min: int = Field(gt=0)
    reported: datetime
    language: Language = Language.ZH
    state: DelayState = DelayState.KEPT
    version: int = 0
    changes: int = 0
    why: tuple[str, str] | None = None

    @property
    def text(self) -> Text:
        """What the crew is told of it."""
        at, late = f"{self.reported:%H:%M}", self.late_min
        match self.state:
            case DelayState.KEPT:
                return Text(
                    f"{at} 报的晚点 {late} 分钟已存好，正在改公告、日历和公众页；关掉本页也会做完。",
                    f"Kept at {at}: {late} min late. Notices, calendars and the public page are "
                    "being changed; that goes on though you close this page.",
                )
            case DelayState.TOLD:
                return Text(
                    f"{at} 报的晚点 {late} 分钟已公布：{self.changes} 处停靠改了时间，"
                    "请打电话告知联系人。",
                    f"{late} min late as of {at} is published: {self.changes} visits changed; "
                    "phone their contacts.",
                )
            case DelayState.REFUSED:
                zh, en = self.why or ("", "")
                return Text(
                    f"{at} 报的晚点 {late} 分钟没有公布：{zh}",
                    f"{late} min late as of {at} was not published: {en}",
                )

    def refused(self, why: Text) -> Delay:
        """Return it with the reason why it cannot be published."""
        return self.model_copy(update={"state": DelayState.REFUSED, "why": (why.zh, why.en)})

    def told(self) -> Delay:
        """Return it once everybody is told."""
        return self.model_copy(update={"state": DelayState.TOLD})

    def drafted(self, version: int, changes: int) -> Delay:
        """Return it once there is a plan with the new hours, not published yet."""
        return self.model_copy(update={"version": version, "changes": changes})
