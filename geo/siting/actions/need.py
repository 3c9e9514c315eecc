"""What workers ask of a station, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import BadInputError
from geo.hours import ALWAYS, week_mask
from geo.layers.vocabulary import Amenity, Group
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Need:
    """One need of the workers who are there; each worker counts for every hour it is met.

    Attributes
    ----------
    text : Text
        What a planner calls it.
    amenities : tuple[Amenity, ...]
        What a station must have to meet it, all of them; any open station when empty.
    hours : str
        When it is felt (OSM opening_hours), within the hours the workers are there.
    groups : tuple[Group, ...]
        Whose it is; everybody's when empty.
    worth : float
        What an hour of one worker counts, against an hour of plain rest.
    """

    text: Text
    amenities: tuple[Amenity, ...] = ()
    hours: str = ALWAYS
    groups: tuple[Group, ...] = ()
    worth: float = 1.0

    def __post_init__(self) -> None:
        """Refuse hours nobody can read and a worth that is no weight."""
        week_mask(self.hours)
        if not 0 <= self.worth < float("inf"):
            raise BadInputError(
                Text(
                    f"需求“{self.text.zh}”的权重 {self.worth} 须为 0 或正数。",
                    f'The worth {self.worth} of "{self.text.en}" must be 0 or more.',
                )
            )


REST = Need(Text("开门可歇", "A station open in reach"))
"""The need behind worker-hour coverage: some station that counts is open."""

HOT_MEAL = Need(
    Text("午间热饭", "Warming lunch"),
    (Amenity.MICROWAVE,),
    "11:00-13:00",
    (
        Group.COURIER,
        Group.DELIVERY_RIDER,
        Group.RIDE_HAILING_DRIVER,
        Group.SANITATION_WORKER,
        Group.TRUCK_DRIVER,
    ),
)
"""Those who eat outdoors at noon want to warm what they brought."""
