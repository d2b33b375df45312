"""The objects inside an event as GitHub's API wrote them in 2023, each as JSON text.

The same functions as in `shapes`, with what eight years added: `node_id`
everywhere, reactions, topics, licences, reviewers, teams and states of review.

>>> import json
>>> from satchel.gharchive.names import actor
>>> "node_id" in json.loads(user(actor(5)))
True
"""

from __future__ import annotations

from satchel.gharchive import shapes as earlier
from satchel.gharchive.draws import Draws
from satchel.gharchive.names import LANGUAGES, Actor, Repository
from satchel.gharchive.shapes import (
    API,
    AVATARS,
    LABELS,
    REPOSITORY_ADDRESSES,
    SITE,
    USER_PIECES,
    links,
    quoted,
)

_REPOSITORY_PIECES = (
    REPOSITORY_ADDRESSES + f'"deployments_url":"{API}/repos/@/deployments",'
).split("@")

TOPICS = ("cli", "web", "data", "games", "science", "maps", "music", "parser", "teaching", "tools")
ASSOCIATIONS = (
    "NONE",
    "NONE",
    "NONE",
    "CONTRIBUTOR",
    "CONTRIBUTOR",
    "COLLABORATOR",
    "MEMBER",
    "OWNER",
)
LICENCES = (
    "null",
    '{"key":"mit","name":"MIT License","spdx_id":"MIT","url":"https://api.github.com/licenses/mit",'
    '"node_id":"MDc6TGljZW5zZTEz"}',
    '{"key":"other","name":"Other","spdx_id":"NOASSERTION","url":null,"node_id":"MDc6TGljZW5zZTA="}',
)


def node(kind: str, ident: int) -> str:
    """Return an opaque number of the GraphQL interface."""
    return f"{kind}_kwDO{ident * 2_654_435_761 & 0xFFFFFFFFFF:010X}"


def user(who: Actor) -> str:
    """Return a user or an organisation, as it stands inside a payload."""
    return (
        f'{{"login":"{who.login}","id":{who.id},"node_id":"{node("U", who.id)}",'
        f'"avatar_url":"{AVATARS}/{who.id}?v=4",'
        f'"gravatar_id":"",{who.login.join(USER_PIECES)}"type":"{who.kind}","site_admin":false}}'
    )


def reactions(draws: Draws, here: str) -> str:
    """Return the count of each reaction to what stands at `here`."""
    thumbs = draws.small(20)
    return (
        f'{{"url":"{here}/reactions","total_count":{thumbs},"+1":{thumbs},"-1":0,"laugh":0,'
        f'"hooray":0,"confused":0,'
        f'"heart":0,"rocket":0,"eyes":0}}'
    )


def repository(
    draws: Draws, repo: Repository, *, fork: bool, about: str | None = None, end: str = ""
) -> str:
    """Return a repository with its addresses.

    `about` is its description, which a fork takes over; `end` is text before the last brace.
    """
    full, random = repo.full_name, draws.random
    language = quoted(LANGUAGES[int(random() * len(LANGUAGES))] if random() < 0.85 else None)
    first = draws.below(len(TOPICS))
    topics = ",".join(f'"{topic}"' for topic in TOPICS[first : first + draws.small(6)])
    stars, forks, issues = draws.small(90_000), draws.small(15_000), draws.small(400)
    return (
        f'{{"id":{repo.id},"node_id":"{node("R", repo.id)}","name":"{repo.name}",'
        f'"full_name":"{full}","private":false,'
        f'"owner":{user(repo.owner)},"html_url":"{SITE}/{full}",'
        f'"description":"{about or draws.prose.title()}",'
        f'"fork":{"true" if fork else "false"},"url":"{API}/repos/{full}",'
        f"{full.join(_REPOSITORY_PIECES)}"
        f'"created_at":"{draws.past()}","updated_at":"{draws.past()}","pushed_at":"{draws.past()}",'
        f'"git_url":"git://github.com/{full}.git","ssh_url":"git@github.com:{full}.git",'
        f'"clone_url":"{SITE}/{full}.git","svn_url":"{SITE}/{full}","homepage":null,'
        f'"size":{draws.small(400_000)},'
        f'"stargazers_count":{stars},"watchers_count":{stars},"language":{language},'
        f'"has_issues":{draws.flag(0.6)},'
        f'"has_projects":true,"has_downloads":true,"has_wiki":{draws.flag(0.8)},'
        f'"has_pages":{draws.flag(0.1)},'
        f'"has_discussions":{draws.flag(0.1)},"forks_count":{forks},"mirror_url":null,'
        f'"archived":false,'
        f'"disabled":false,"open_issues_count":{issues},"license":{LICENCES[draws.below(3)]},'
        f'"allow_forking":true,'
        f'"is_template":false,"web_commit_signoff_required":false,"topics":[{topics}],'
        f'"visibility":"public",'
        f'"forks":{forks},"open_issues":{issues},"watchers":{stars},"default_branch":"main"{end}}}'
    )


def labels(draws: Draws, base: str) -> str:
    """Return a list of labels, empty in half of the issues."""
    if draws.random() < 0.5:
        return "[]"
    first = draws.below(len(LABELS))
    chosen = (LABELS[(first + step) % len(LABELS)] for step in range(1 + draws.small(4)))
    listed = ",".join(
        f'{{"id":{draws.below(5_000_000_000)},"node_id":"{node("LA", draws.below(1 << 30))}",'
        f'"url":"{base}/labels/{name.replace(" ", "%20")}","name":"{name}","color":"{color}",'
        f'"default":false,'
        f'"description":"{draws.prose.title()}"}}'
        for name, color in chosen
    )
    return f"[{listed}]"


def issue(
    draws: Draws, repo: Repository, number: int, now: str, *, closed: bool, pull: bool
) -> str:
    """Return an issue; `pull` when the issue is the talk of a pull request."""
    base, page = f"{API}/repos/{repo.full_name}", f"{SITE}/{repo.full_name}"
    here, ident = f"{base}/issues/{number}", 1_500_000_000 + draws.below(30_000_000)
    link = ""
    if pull:
        link = (
            f'"draft":false,"pull_request":{{"url":"{base}/pulls/{number}",'
            f'"html_url":"{page}/pull/{number}",'
            f'"diff_url":"{page}/pull/{number}.diff","patch_url":"{page}/pull/{number}.patch",'
            f'"merged_at":null}},'
        )
    assignee = user(draws.someone()) if draws.chance(0.2) else ""
    return (
        f'{{"url":"{here}","repository_url":"{base}","labels_url":"{here}/labels{{/name}}",'
        f'"comments_url":"{here}/comments","events_url":"{here}/events",'
        f'"html_url":"{page}/{"pull" if pull else "issues"}/{number}","id":{ident},'
        f'"node_id":"{node("I", ident)}",'
        f'"number":{number},"title":"{draws.prose.title()}","user":{user(draws.someone())},'
        f'"labels":{labels(draws, base)},"state":"{"closed" if closed else "open"}","locked":false,'
        f'"assignee":{assignee or "null"},"assignees":[{assignee}],'
        f'"milestone":{earlier.milestone(draws, base) if draws.chance(0.06) else "null"},'
        f'"comments":{draws.small(60)},'
        f'"created_at":"{draws.past()}","updated_at":"{now}",'
        f'"closed_at":{quoted(now if closed else None)},'
        f'"author_association":"{ASSOCIATIONS[draws.below(8)]}","active_lock_reason":null,{link}'
        f'"body":{quoted(draws.prose.body(420) if draws.chance(0.95) else None)},'
        f'"reactions":{reactions(draws, here)},'
        f'"timeline_url":"{here}/timeline","performed_via_github_app":null,'
        f'"state_reason":{quoted("completed" if closed else None)}}}'
    )


def issue_comment(draws: Draws, repo: Repository, number: int, who: Actor, now: str) -> str:
    """Return a comment under an issue."""
    base, ident = f"{API}/repos/{repo.full_name}/issues", 1_370_000_000 + draws.below(90_000_000)
    here = f"{base}/comments/{ident}"
    return (
        f'{{"url":"{here}",'
        f'"html_url":"{SITE}/{repo.full_name}/issues/{number}#issuecomment-{ident}",'
        f'"issue_url":"{base}/{number}","id":{ident},"node_id":"{node("IC", ident)}",'
        f'"user":{user(who)},'
        f'"created_at":"{now}","updated_at":"{now}",'
        f'"author_association":"{ASSOCIATIONS[draws.below(8)]}",'
        f'"body":"{draws.prose.body(190)}","reactions":{reactions(draws, here)},'
        f'"performed_via_github_app":null}}'
    )


def pull_request(
    draws: Draws, repo: Repository, number: int, who: Actor, now: str, *, closed: bool, full: bool
) -> str:
    """Return a pull request; `full` adds what only a PullRequestEvent says of it."""
    base, page = f"{API}/repos/{repo.full_name}", f"{SITE}/{repo.full_name}"
    ident, merged, own = (
        1_100_000_000 + draws.below(90_000_000),
        closed and draws.chance(0.85),
        draws.chance(0.7),
    )
    source = (
        repo
        if own
        else Repository(draws.below(600_000_000), who, repo.name, f"{who.login}/{repo.name}")
    )
    head, branch, end = draws.sha(), draws.prose.path().replace("/", "-"), ""
    about, reviewers = (
        draws.prose.title(),
        ",".join(user(draws.someone()) for _ in range(draws.small(4))),
    )
    if full:
        end = (
            f',"merged":{"true" if merged else "false"},"mergeable":null,"rebaseable":null,'
            f'"mergeable_state":"unknown",'
            f'"merged_by":{user(who) if merged else "null"},"comments":{draws.small(40)},'
            f'"review_comments":{draws.small(30)},"maintainer_can_modify":false,'
            f'"commits":{1 + draws.small(60)},'
            f'"additions":{draws.small(9_000)},"deletions":{draws.small(4_000)},'
            f'"changed_files":{1 + draws.small(90)}'
        )
    return (
        f'{{"url":"{base}/pulls/{number}","id":{ident},"node_id":"{node("PR", ident)}",'
        f'"html_url":"{page}/pull/{number}","diff_url":"{page}/pull/{number}.diff",'
        f'"patch_url":"{page}/pull/{number}.patch","issue_url":"{base}/issues/{number}",'
        f'"number":{number},'
        f'"state":"{"closed" if closed else "open"}","locked":false,'
        f'"title":"{draws.prose.title()}","user":{user(who)},'
        f'"body":{quoted(draws.prose.body(300) if draws.chance(0.85) else None)},'
        f'"created_at":"{draws.past()}",'
        f'"updated_at":"{now}","closed_at":{quoted(now if closed else None)},'
        f'"merged_at":{quoted(now if merged else None)},"merge_commit_sha":"{draws.sha()}",'
        f'"assignee":null,'
        f'"assignees":[],"requested_reviewers":[{reviewers}],"requested_teams":[],'
        f'"labels":{labels(draws, base)},'
        f'"milestone":null,"draft":{draws.flag(0.05)},'
        f'"commits_url":"{base}/pulls/{number}/commits",'
        f'"review_comments_url":"{base}/pulls/{number}/comments",'
        f'"review_comment_url":"{base}/pulls/comments{{/number}}",'
        f'"comments_url":"{base}/issues/{number}/comments",'
        f'"statuses_url":"{base}/statuses/{head}",'
        f'"head":{{"label":"{source.owner.login}:{branch}","ref":"{branch}",'
        f'"sha":"{head}","user":{user(source.owner)},'
        f'"repo":{repository(draws, source, fork=not own, about=about)}}},'
        f'"base":{{"label":"{repo.owner.login}:main","ref":"main","sha":"{draws.sha()}",'
        f'"user":{user(repo.owner)},'
        f'"repo":{repository(draws, repo, fork=False, about=about)}}},'
        f'"_links":{links(repo, number, head)},'
        f'"author_association":"{ASSOCIATIONS[draws.below(8)]}","auto_merge":null,'
        f'"active_lock_reason":null{end}}}'
    )


def review(draws: Draws, repo: Repository, number: int, who: Actor, now: str) -> str:
    """Return a review of a pull request, an event that 2015 did not have."""
    base, page = (
        f"{API}/repos/{repo.full_name}/pulls/{number}",
        f"{SITE}/{repo.full_name}/pull/{number}",
    )
    ident, state = (
        1_230_000_000 + draws.below(90_000_000),
        ("approved", "commented")[draws.below(2)],
    )
    return (
        f'{{"id":{ident},"node_id":"{node("PRR", ident)}","user":{user(who)},'
        f'"body":{quoted(draws.prose.body(60) if draws.chance(0.3) else None)},'
        f'"commit_id":"{draws.sha()}",'
        f'"submitted_at":"{now}","state":"{state}","html_url":"{page}#pullrequestreview-{ident}",'
        f'"pull_request_url":"{base}","author_association":"{ASSOCIATIONS[draws.below(8)]}",'
        f'"_links":{{"html":{{"href":"{page}#pullrequestreview-{ident}"}},'
        f'"pull_request":{{"href":"{base}"}}}}}}'
    )


def review_comment(draws: Draws, repo: Repository, number: int, who: Actor, now: str) -> str:
    """Return a comment on a line of a pull request."""
    base, page = f"{API}/repos/{repo.full_name}/pulls", f"{SITE}/{repo.full_name}/pull/{number}"
    ident, commit, line = 1_060_000_000 + draws.below(90_000_000), draws.sha(), draws.below(900) + 1
    here = f"{base}/comments/{ident}"
    return (
        f'{{"url":"{here}","pull_request_review_id":{ident * 2},"id":{ident},'
        f'"node_id":"{node("PRRC", ident)}",'
        f'"diff_hunk":"{draws.prose.diff()}","path":"{draws.prose.path()}","position":{line},'
        f'"original_position":{line},"commit_id":"{commit}","original_commit_id":"{commit}",'
        f'"user":{user(who)},'
        f'"body":"{draws.prose.body(120)}","created_at":"{now}","updated_at":"{now}",'
        f'"html_url":"{page}#discussion_r{ident}","pull_request_url":"{base}/{number}",'
        f'"author_association":"{ASSOCIATIONS[draws.below(8)]}",'
        f'"_links":{{"self":{{"href":"{here}"}},'
        f'"html":{{"href":"{page}#discussion_r{ident}"}},'
        f'"pull_request":{{"href":"{base}/{number}"}}}},'
        f'"reactions":{reactions(draws, here)},"start_line":null,"original_start_line":null,'
        f'"start_side":null,'
        f'"line":{line},"original_line":{line},"side":"RIGHT"}}'
    )


commit_comment = earlier.commit_comment


def release(draws: Draws, repo: Repository, who: Actor, now: str) -> str:
    """Return a release, as in 2015 with its `node_id` and what it mentions."""
    text = earlier.release(draws, repo, who, now)
    ident = 100_000_000 + draws.below(9_000_000)
    more = f'"node_id":"{node("RE", ident)}","is_short_description_html_truncated":false'
    return f'{text[:-1]},{more},"mentions":[]}}'
