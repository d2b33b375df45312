"""One event after another: the type, the people, the payload and the line itself.

>>> import json, random
>>> from datetime import datetime
>>> from satchel.gharchive.draws import Draws
>>> when = datetime(2015, 1, 1)
>>> draws = Draws(random.Random(1), when, actors=100, repositories=50)
>>> lines = Events(draws, "2015").lines(20, 2_489_000_000)
>>> {tuple(json.loads(line))[:7] for line in lines}
{('id', 'type', 'actor', 'repo', 'payload', 'public', 'created_at')}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Literal, NamedTuple

from satchel.gharchive import shapes, shapes_2023
from satchel.gharchive.draws import Draws
from satchel.gharchive.names import BRANCHES, Actor, Repository, actor, person
from satchel.gharchive.shapes import API, AVATARS, SITE, quoted

Shape = Literal["2015", "2023", "timeline", "trimmed"]


class Kind(NamedTuple):
    """A type of event: its weights in the two shapes, and where it happens.

    `own` is the share on the actor's own repositories, `organisations` the
    share of the rest on repositories that an organisation owns.
    """

    name: str
    in_2015: int
    in_2023: int
    own: float
    organisations: float


# The weights of 2015 are the counts of its first hour.
KINDS = (
    Kind("PushEvent", 4280, 5300, 0.65, 0.63),
    Kind("CreateEvent", 815, 1300, 0.78, 0.68),
    Kind("IssueCommentEvent", 650, 680, 0.05, 0.69),
    Kind("WatchEvent", 642, 480, 0.02, 0.37),
    Kind("IssuesEvent", 373, 230, 0.25, 0.70),
    Kind("PullRequestEvent", 325, 870, 0.15, 0.69),
    Kind("ForkEvent", 213, 110, 0.02, 0.42),
    Kind("DeleteEvent", 141, 300, 0.30, 0.68),
    Kind("GollumEvent", 90, 20, 0.45, 0.66),
    Kind("PullRequestReviewCommentEvent", 85, 240, 0.02, 0.82),
    Kind("CommitCommentEvent", 56, 30, 0.40, 0.60),
    Kind("ReleaseEvent", 24, 50, 0.45, 0.68),
    Kind("MemberEvent", 16, 30, 1.0, 0.0),
    Kind("PublicEvent", 2, 20, 1.0, 0.0),
    Kind("PullRequestReviewEvent", 0, 430, 0.02, 0.75),
)

# How many pushes of the first hour of 2015 had so many commits; the archive shows twenty at most.
COMMITS = (26, 3404, 411, 143, 58, 36, 22, 20, 16, 11, 14, 11, 3, 4, 7, 5, 3, 4, 1, 1, 80)

# People come in bursts: this share of events repeats actor and place of one of the last few.
BURST = 0.27
REMEMBERED = 4


class Events:
    """The events of one hour."""

    def __init__(self, draws: Draws, shape: Shape) -> None:
        self.draws = draws
        self.late = shape in ("2023", "trimmed")
        self.shapes = shapes_2023 if self.late else shapes
        self.recent: dict[str, list[tuple[int, Repository]]] = {}
        self.commit_counts = tuple(accumulate(COMMITS))
        self.payloads: dict[str, Callable[[Actor, int, Repository, str], str]] = {
            "PushEvent": self.push,
            "CreateEvent": self.create,
            "IssueCommentEvent": self.issue_comment,
            "WatchEvent": lambda *_: '{"action":"started"}',
            "IssuesEvent": self.issues,
            "PullRequestEvent": self.pull_request,
            "ForkEvent": self.fork,
            "DeleteEvent": self.delete,
            "GollumEvent": self.gollum,
            "PullRequestReviewCommentEvent": self.review_comment,
            "CommitCommentEvent": self.commit_comment,
            "ReleaseEvent": self.release,
            "MemberEvent": self.member,
            "PublicEvent": lambda *_: "{}",
            "PullRequestReviewEvent": self.review,
        }

    def lines(self, count: int, first_id: int) -> Iterator[str]:
        """Yield `count` events in the order of their ids, each a line without its newline."""
        draws, random = self.draws, self.draws.random
        kinds = draws.rng.choices(
            KINDS, [kind.in_2023 if self.late else kind.in_2015 for kind in KINDS], k=count
        )
        if count >= 200:  # an hour has all the types, even the two in seven thousand
            for place, kind in enumerate(KINDS if self.late else KINDS[:-1]):
                kinds[(place + 1) * count // 17] = kind
        ident = first_id
        for index, kind in enumerate(kinds):
            ident += 1 + int(random() ** 2 * 9)
            now = draws.seconds[index * 3_600 // count]
            number, repo = self._scene(kind)
            who = actor(number)
            payload = self.payloads[kind.name](who, number, repo, now)
            yield self.line(ident, kind.name, who, repo, payload, now)

    def _scene(self, kind: Kind) -> tuple[int, Repository]:
        """Return who acts and where: now and then, where the like has just happened."""
        draws, random = self.draws, self.draws.random
        recent = self.recent.setdefault(kind.name, [])
        newcomer = random() < draws.newcomers
        if recent and not newcomer and random() < BURST:
            return recent[int(random() * len(recent))]
        number = draws.newcomer() if newcomer else draws.actor_number()
        if random() < kind.own:
            scene = number, draws.own_repository(number)
        else:
            scene = number, draws.pooled_repository(kind.organisations)
        if newcomer:
            return scene
        if len(recent) < REMEMBERED:
            recent.append(scene)
        else:
            recent[int(random() * REMEMBERED)] = scene
        return scene

    def line(
        self, ident: int, kind: str, who: Actor, repo: Repository, payload: str, now: str
    ) -> str:
        """Return the whole record."""
        org = ""
        if repo.owner.kind == "Organization":
            owner = repo.owner
            org = (
                f',"org":{{"id":{owner.id},"login":"{owner.login}","gravatar_id":"",'
                f'"url":"{API}/orgs/{owner.login}","avatar_url":"{AVATARS}/{owner.id}?"}}'
            )
        display = f'"display_login":"{who.login}",' if self.late else ""
        return (
            f'{{"id":"{ident}","type":"{kind}","actor":{{"id":{who.id},"login":"{who.login}",'
            f"{display}"
            f'"gravatar_id":"","url":"{API}/users/{who.login}",'
            f'"avatar_url":"{AVATARS}/{who.id}?"}},'
            f'"repo":{{"id":{repo.id},"name":"{repo.full_name}",'
            f'"url":"{API}/repos/{repo.full_name}"}},'
            f'"payload":{payload},"public":true,"created_at":"{now}"{org}}}'
        )

    def push(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a push: its commits, newest last."""
        draws = self.draws
        size = draws.rng.choices(range(len(COMMITS)), cum_weights=self.commit_counts)[0]
        base = f"{API}/repos/{repo.full_name}/commits/"
        name, email = person(number)
        commits: list[str] = []
        head = draws.sha()
        for left in range(size, 0, -1):
            if size > 1 and draws.random() < 0.25:
                name, email = person(draws.actor_number())
            sha = draws.sha() if left > 1 else head
            commits.append(
                f'{{"sha":"{sha}","author":{{"email":"{email}","name":"{name}"}},'
                f'"message":"{draws.prose.message()}",'
                f'"distinct":{draws.flag(0.93)},"url":"{base}{sha}"}}'
            )
        # A push of more than twenty commits shows twenty and says how many there were.
        total = size if size < 20 else 20 + draws.small(400)
        first = f'"repository_id":{repo.id},' if self.late else ""
        branch = BRANCHES[draws.below(len(BRANCHES))]
        return (
            f'{{{first}"push_id":{536_740_000 + draws.below(9_000_000)},"size":{total},'
            f'"distinct_size":{total},'
            f'"ref":"refs/heads/{branch}","head":"{head}","before":"{draws.sha()}",'
            f'"commits":[{",".join(commits)}]}}'
        )

    def create(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a new branch, tag or repository."""
        draws = self.draws
        kind = ("branch", "branch", "branch", "repository", "repository", "tag")[draws.below(6)]
        ref = None if kind == "repository" else f"{kind}-{draws.below(900)}.{draws.below(90)}"
        description = quoted(draws.prose.title() if draws.chance(0.96) else None)
        return (
            f'{{"ref":{quoted(ref)},"ref_type":"{kind}","master_branch":"master",'
            f'"description":{description},'
            f'"pusher_type":"user"}}'
        )

    def delete(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a branch or tag that was deleted."""
        kind = ("branch", "branch", "tag")[self.draws.below(3)]
        return (
            f'{{"ref":"{kind}-{self.draws.below(9_000)}","ref_type":"{kind}","pusher_type":"user"}}'
        )

    def issue_comment(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a comment under an issue or a pull request."""
        draws, here = self.draws, 1 + self.draws.small(9_000)
        thread = self.shapes.issue(
            draws, repo, here, now, closed=draws.chance(0.21), pull=draws.chance(0.38)
        )
        comment = self.shapes.issue_comment(draws, repo, here, who, now)
        return f'{{"action":"created","issue":{thread},"comment":{comment}}}'

    def issues(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of an issue opened, closed or opened again."""
        draws, closed = self.draws, self.draws.chance(0.36)
        action = "closed" if closed else ("reopened" if draws.chance(0.015) else "opened")
        thread = self.shapes.issue(
            draws, repo, 1 + draws.small(9_000), now, closed=closed, pull=False
        )
        return f'{{"action":"{action}","issue":{thread}}}'

    def pull_request(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a pull request opened or closed."""
        draws, here, closed = self.draws, 1 + self.draws.small(9_000), self.draws.chance(0.48)
        text = self.shapes.pull_request(draws, repo, here, who, now, closed=closed, full=True)
        action = "closed" if closed else "opened"
        return f'{{"action":"{action}","number":{here},"pull_request":{text}}}'

    def review_comment(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a comment on a line of a pull request."""
        draws, here = self.draws, 1 + self.draws.small(9_000)
        comment = self.shapes.review_comment(draws, repo, here, who, now)
        text = self.shapes.pull_request(
            draws, repo, here, draws.someone(), now, closed=False, full=False
        )
        return f'{{"action":"created","comment":{comment},"pull_request":{text}}}'

    def review(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a review, which only the later shape has."""
        draws, here = self.draws, 1 + self.draws.small(9_000)
        text = shapes_2023.pull_request(
            draws, repo, here, draws.someone(), now, closed=False, full=False
        )
        review = shapes_2023.review(draws, repo, here, who, now)
        return f'{{"action":"created","review":{review},"pull_request":{text}}}'

    def commit_comment(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a comment on a commit."""
        return f'{{"comment":{self.shapes.commit_comment(self.draws, repo, who, now)}}}'

    def fork(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a fork: the new repository, which belongs to the actor."""
        ident = 28_000_000 + self.draws.below(700_000)
        forkee = Repository(ident, who, repo.name, f"{who.login}/{repo.name}")
        public = ',"public":true'
        return f'{{"forkee":{self.shapes.repository(self.draws, forkee, fork=True, end=public)}}}'

    def gollum(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of an edited wiki page."""
        draws = self.draws
        name = draws.prose.path().replace("/", "-")
        action = "edited" if draws.chance(0.7) else "created"
        return (
            f'{{"pages":[{{"page_name":"{name}","title":"{name.replace("-", " ")}",'
            f'"summary":null,"action":"{action}",'
            f'"sha":"{draws.sha()}","html_url":"{SITE}/{repo.full_name}/wiki/{name}"}}]}}'
        )

    def release(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a release."""
        return (
            f'{{"action":"published","release":{self.shapes.release(self.draws, repo, who, now)}}}'
        )

    def member(self, who: Actor, number: int, repo: Repository, now: str) -> str:
        """Return the payload of a new collaborator."""
        return f'{{"member":{self.shapes.user(self.draws.someone())},"action":"added"}}'
