"""Events as GitHub's Timeline API gave them, until the end of 2014.

An actor is a login beside its attributes, a repository stands where it happened with all that is
said of it, commits are rows of a list named `shas`, and nothing has an id.

>>> import json, random
>>> from datetime import datetime
>>> from satchel.gharchive.draws import Draws
>>> draws = Draws(random.Random(1), datetime(2013, 1, 1), actors=100, repositories=50)
>>> {tuple(json.loads(line))[4:] for line in Timeline(draws, "timeline").lines(20, 0)}
{('url', 'actor', 'actor_attributes', 'repository')}
"""

from __future__ import annotations

from datetime import datetime, timedelta

from satchel.gharchive.draws import Draws
from satchel.gharchive.names import BRANCHES, LANGUAGES, Actor, Repository, person
from satchel.gharchive.records import COMMITS, Events, Shape
from satchel.gharchive.shapes import SITE, quoted

_PACIFIC = timedelta(hours=-8)


class Timeline(Events):
    """The events of one hour, as of the Timeline API."""

    def __init__(self, draws: Draws, shape: Shape) -> None:
        super().__init__(draws, shape)
        self.payloads["ForkEvent"] = lambda *_: f'{{"forkee":{draws.below(9_000_000)}}}'
        # Times were written as the clock stood in San Francisco.
        start = datetime.fromisoformat(draws.seconds[0]).replace(tzinfo=None)
        self.local_hour = f"{start + _PACIFIC:%Y-%m-%dT%H}"

    def line(
        self, ident: int, kind: str, who: Actor, repo: Repository, payload: str, now: str
    ) -> str:
        """Return the whole record."""
        return (
            f'{{"created_at":"{self.local_hour}{now[13:19]}-08:00","payload":{payload},'
            f'"public":true,"type":"{kind}","url":"{SITE}/{repo.full_name}","actor":"{who.login}",'
            f'"actor_attributes":{self.attributes(who)},"repository":{self.repository(repo)}}}'
        )

    def attributes(self, who: Actor) -> str:
        """Return what is said of an actor beside the login."""
        name, email = person(who.id)
        more = f',"name":"{name}","email":"{email}"' if self.draws.chance(0.7) else ""
        return (
            f'{{"login":"{who.login}","type":"{who.kind}",'
            f'"gravatar_id":"{who.id * 2_654_435_761:032x}"{more}}}'
        )

    def repository(self, repo: Repository) -> str:
        """Return a repository, as it stands in every event."""
        draws = self.draws
        stars = draws.small(9_000)
        language = LANGUAGES[draws.below(len(LANGUAGES))]
        language = f'"language":"{language}",' if draws.chance(0.85) else ""
        organisation = ""
        if repo.owner.kind == "Organization":
            organisation = f'"organization":"{repo.owner.login}",'
        return (
            f'{{"id":{repo.id},"name":"{repo.name}","url":"{SITE}/{repo.full_name}",'
            f'"description":"{draws.prose.title()}","watchers":{stars},"stargazers":{stars},'
            f'"forks":{draws.small(1_500)},"fork":{draws.flag(0.2)},"size":{draws.small(400_000)},'
            f'"owner":"{repo.owner.login}","private":false,"open_issues":{draws.small(400)},'
            f'"has_issues":true,"has_downloads":true,"has_wiki":{draws.flag(0.8)},{language}'
            f'"created_at":"{draws.past()}","pushed_at":"{draws.past()}",'
            f'{organisation}"master_branch":"master"}}'
        )

    def push(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a push: its commits, each a list."""
        draws = self.draws
        size = draws.rng.choices(range(len(COMMITS)), cum_weights=self.commit_counts)[0]
        name, email = person(number)
        shas = ",".join(
            f'["{draws.sha()}","{email}","{draws.prose.message()}","{name}",{draws.flag(0.93)}]'
            for _ in range(size)
        )
        branch = BRANCHES[draws.below(len(BRANCHES))]
        return (
            f'{{"shas":[{shas}],"size":{size},"ref":"refs/heads/{branch}","head":"{draws.sha()}"}}'
        )

    def create(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a new branch, tag or repository."""
        draws = self.draws
        kind = ("branch", "branch", "branch", "repository", "repository", "tag")[draws.below(6)]
        ref = quoted(None if kind == "repository" else f"{kind}-{draws.below(900)}")
        about = quoted(draws.prose.title() if draws.chance(0.96) else None)
        return f'{{"ref":{ref},"ref_type":"{kind}","master_branch":"master","description":{about}}}'

    def issue_comment(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a comment: numbers alone."""
        draws = self.draws
        return f'{{"issue_id":{draws.below(9_000_000)},"comment_id":{draws.below(60_000_000)}}}'

    def issues(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of an issue opened or closed: numbers alone."""
        draws = self.draws
        action = "closed" if draws.chance(0.36) else "opened"
        here, ident = 1 + draws.small(9_000), draws.below(9_000_000)
        return f'{{"action":"{action}","number":{here},"issue":{ident}}}'

    def commit_comment(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a comment on a commit: its number and the commit."""
        return f'{{"comment_id":{self.draws.below(9_000_000)},"commit":"{self.draws.sha()}"}}'
