"""Events since October 2025, when GitHub left most of the payloads out.

A push has neither `commits` nor `size` nor `distinct_size`; of a pull request there is left what
finds it again.

>>> import json, random
>>> from datetime import datetime
>>> from satchel.gharchive.draws import Draws
>>> draws = Draws(random.Random(1), datetime(2025, 11, 1), actors=100, repositories=50)
>>> events = map(json.loads, Trimmed(draws, "trimmed").lines(200, 0))
>>> {tuple(e["payload"]) for e in events if e["type"] == "PushEvent"}
{('repository_id', 'push_id', 'ref', 'head', 'before')}
"""

from __future__ import annotations

from satchel.gharchive import shapes_2023
from satchel.gharchive.names import BRANCHES, Actor, Repository
from satchel.gharchive.records import Events
from satchel.gharchive.shapes import API

__all__ = ["Trimmed"]


class Trimmed(Events):
    """The events of one hour, as of the trimmed Events API."""

    def push(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a push: from where to where."""
        draws = self.draws
        branch = BRANCHES[draws.below(len(BRANCHES))]
        return (
            f'{{"repository_id":{repo.id},"push_id":{27_000_000_000 + draws.below(900_000_000)},'
            f'"ref":"refs/heads/{branch}","head":"{draws.sha()}","before":"{draws.sha()}"}}'
        )

    def pull_request(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a pull request opened or closed."""
        here = 1 + self.draws.small(9_000)
        action = "closed" if self.draws.chance(0.48) else "opened"
        pull = self.reference(repo, here)
        return f'{{"action":"{action}","number":{here},"pull_request":{pull}}}'

    def review_comment(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a comment on a line of a pull request."""
        here = 1 + self.draws.small(9_000)
        comment = shapes_2023.review_comment(self.draws, repo, here, who, now)
        pull = self.reference(repo, here)
        return f'{{"action":"created","comment":{comment},"pull_request":{pull}}}'

    def review(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a review."""
        here = 1 + self.draws.small(9_000)
        review = shapes_2023.review(self.draws, repo, here, who, now)
        pull = self.reference(repo, here)
        return f'{{"action":"created","review":{review},"pull_request":{pull}}}'

    def reference(self, repo: Repository, number: int) -> str:
        """Return a pull request: what finds it, and its two ends."""
        draws, base = self.draws, f"{API}/repos/{repo.full_name}"
        place = f'{{"id":{repo.id},"url":"{base}","name":"{repo.name}"}}'
        ident = 2_900_000_000 + draws.below(90_000_000)
        ends = (
            f'"{end}":{{"ref":"{branch}","sha":"{draws.sha()}","repo":{place}}}'
            for end, branch in (("head", f"fix-{draws.below(500)}"), ("base", "main"))
        )
        return f'{{"url":"{base}/pulls/{number}","id":{ident},"number":{number},{",".join(ends)}}}'
