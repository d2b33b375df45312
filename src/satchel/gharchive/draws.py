"""What an hour draws at random: who acts, on what, when, and plain numbers.

Actors and pooled repositories follow a shifted power law (Zipf with
Mandelbrot's shift), whose inverse is one line, so that a population of
millions needs no table.

>>> import random
>>> from datetime import datetime
>>> draws = Draws(random.Random(1), datetime(2015, 1, 1), actors=1_000, repositories=500)
>>> len(draws.sha())
40
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from satchel.gharchive.names import Actor, Repository, actor, organisation, repository
from satchel.gharchive.prose import Prose

ACTOR_SHIFT = 42.0
REPOSITORY_SHIFT = 60.0


class Draws:
    """One hour's random source. `newcomers` is the share of events by actors drawn evenly.

    Zipf alone sees few distinct actors in a day; the real archive's days also have a
    long tail of people seen once, and `newcomers` makes that tail as long as asked.
    """

    def __init__(
        self,
        rng: random.Random,
        hour: datetime,
        *,
        actors: int,
        repositories: int,
        newcomers: float = 0.0,
        amount: float = 1.0,
    ) -> None:
        self.rng = rng
        self.random = rng.random
        self.prose = Prose(rng, amount)
        self.actors = actors
        self.repositories = repositories
        self.newcomers = newcomers
        self._actor_base = actors / ACTOR_SHIFT + 1.0
        self._repository_base = repositories / REPOSITORY_SHIFT + 1.0
        start = hour.replace(minute=0, second=0, microsecond=0)
        self.seconds = [_stamp(start + timedelta(seconds=second)) for second in range(3_600)]
        self.before = [
            _stamp(start - timedelta(seconds=int(3e8 * rng.random() ** 9) + 60))
            for _ in range(2_000)
        ]

    def chance(self, share: float) -> bool:
        """Return true in `share` of the calls."""
        return self.random() < share

    def below(self, limit: int) -> int:
        """Return a number from 0 up to `limit`, every one as likely."""
        return int(self.random() * limit)

    def small(self, limit: int) -> int:
        """Return a number from 0 up to `limit`, mostly a small one."""
        return int(self.random() ** 6 * limit)

    def flag(self, share: float) -> str:
        """Return JSON's true in `share` of the calls, else false."""
        return "true" if self.random() < share else "false"

    def sha(self) -> str:
        """Return forty hexadecimal digits."""
        return f"{self.rng.getrandbits(160):040x}"

    def past(self) -> str:
        """Return a time before the hour as GitHub writes it."""
        return self.before[int(self.random() * 2_000)]

    def actor_number(self) -> int:
        """Return the number of someone who acts, by Zipf's law."""
        return int(ACTOR_SHIFT * (self._actor_base ** self.random() - 1.0))

    def newcomer(self) -> int:
        """Return the number of an actor, any of them as likely."""
        return int(self.random() * self.actors)

    def someone(self) -> Actor:
        """Return someone who acts."""
        return actor(self.actor_number())

    def own_repository(self, number: int) -> Repository:
        """Return one of the repositories that belong to an actor."""
        return repository(actor(number), number, int(self.random() ** 2 * 5))

    def pooled_repository(self, organisations: float) -> Repository:
        """Return a well-known repository; `organisations` of them belong to an organisation."""
        number = int(REPOSITORY_SHIFT * (self._repository_base ** self.random() - 1.0))
        # The half that a repository belongs to must not change from one event to the next.
        if (number * 2_654_435_761 & 0xFFFF) < organisations * 0x10000:
            return repository(organisation(number // 3), self.actors + number, number % 3)
        return repository(actor(number * 5 + 1), number * 5 + 1)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
