"""The objects inside an event as GitHub's API wrote them in 2015, each as JSON text.

Key order and the mix of null and value are those of the real hours. An object
whose text is one name said again and again (a user, a repository's addresses)
is kept as the pieces between the names and joined: data, and the fastest way.

>>> import json
>>> from satchel.gharchive.names import actor
>>> json.loads(user(actor(5)))["type"]
'User'
"""

from __future__ import annotations

from satchel.gharchive.draws import Draws
from satchel.gharchive.names import LANGUAGES, Actor, Repository

API = "https://api.github.com"
SITE = "https://github.com"
AVATARS = "https://avatars.githubusercontent.com/u"

# Every address of a user, `@` standing for the login.
USER_PIECES = (
    f'"url":"{API}/users/@","html_url":"{SITE}/@","followers_url":"{API}/users/@/followers",'
    f'"following_url":"{API}/users/@/following{{/other_user}}",'
    f'"gists_url":"{API}/users/@/gists{{/gist_id}}",'
    f'"starred_url":"{API}/users/@/starred{{/owner}}{{/repo}}",'
    f'"subscriptions_url":"{API}/users/@/subscriptions",'
    f'"organizations_url":"{API}/users/@/orgs","repos_url":"{API}/users/@/repos",'
    f'"events_url":"{API}/users/@/events{{/privacy}}",'
    f'"received_events_url":"{API}/users/@/received_events",'
).split("@")

# The addresses of a repository under its own, in GitHub's order.
_ADDRESSES = (
    ("forks", "/forks"),
    ("keys", "/keys{/key_id}"),
    ("collaborators", "/collaborators{/collaborator}"),
    ("teams", "/teams"),
    ("hooks", "/hooks"),
    ("issue_events", "/issues/events{/number}"),
    ("events", "/events"),
    ("assignees", "/assignees{/user}"),
    ("branches", "/branches{/branch}"),
    ("tags", "/tags"),
    ("blobs", "/git/blobs{/sha}"),
    ("git_tags", "/git/tags{/sha}"),
    ("git_refs", "/git/refs{/sha}"),
    ("trees", "/git/trees{/sha}"),
    ("statuses", "/statuses/{sha}"),
    ("languages", "/languages"),
    ("stargazers", "/stargazers"),
    ("contributors", "/contributors"),
    ("subscribers", "/subscribers"),
    ("subscription", "/subscription"),
    ("commits", "/commits{/sha}"),
    ("git_commits", "/git/commits{/sha}"),
    ("comments", "/comments{/number}"),
    ("issue_comment", "/issues/comments{/number}"),
    ("contents", "/contents/{+path}"),
    ("compare", "/compare/{base}...{head}"),
    ("merges", "/merges"),
    ("archive", "/{archive_format}{/ref}"),
    ("downloads", "/downloads"),
    ("issues", "/issues{/number}"),
    ("pulls", "/pulls{/number}"),
    ("milestones", "/milestones{/number}"),
    ("notifications", "/notifications{?since,all,participating}"),
    ("labels", "/labels{/name}"),
    ("releases", "/releases{/id}"),
)

REPOSITORY_ADDRESSES = "".join(f'"{name}_url":"{API}/repos/@{tail}",' for name, tail in _ADDRESSES)
_REPOSITORY_PIECES = REPOSITORY_ADDRESSES.split("@")

LABELS = (
    ("bug", "fc2929"),
    ("enhancement", "84b6eb"),
    ("question", "cc317c"),
    ("help wanted", "159818"),
    ("duplicate", "cccccc"),
    ("invalid", "e6e6e6"),
    ("ready", "ededed"),
    ("first steps", "0052cc"),
)


def quoted(text: str | None) -> str:
    """Return escaped text as a JSON string, and None as null."""
    return "null" if text is None else f'"{text}"'


def user(who: Actor) -> str:
    """Return a user or an organisation, as it stands inside a payload."""
    return (
        f'{{"login":"{who.login}","id":{who.id},"avatar_url":"{AVATARS}/{who.id}?v=3",'
        f'"gravatar_id":"",'
        f'{who.login.join(USER_PIECES)}"type":"{who.kind}","site_admin":false}}'
    )


def repository(
    draws: Draws, repo: Repository, *, fork: bool, about: str | None = None, end: str = ""
) -> str:
    """Return a repository with its addresses.

    `about` is its description, which a fork takes over; `end` is text before the last brace.
    """
    full, random = repo.full_name, draws.random
    language = quoted(LANGUAGES[int(random() * len(LANGUAGES))] if random() < 0.85 else None)
    homepage = ("null", '""', f'"http://{repo.name}.example.org"')[int(random() * 3)]
    stars, forks, issues = draws.small(9_000), draws.small(1_500), draws.small(400)
    return (
        f'{{"id":{repo.id},"name":"{repo.name}","full_name":"{full}","owner":{user(repo.owner)},'
        f'"private":false,'
        f'"html_url":"{SITE}/{full}","description":"{about or draws.prose.title()}",'
        f'"fork":{"true" if fork else "false"},'
        f'"url":"{API}/repos/{full}",{full.join(_REPOSITORY_PIECES)}'
        f'"created_at":"{draws.past()}","updated_at":"{draws.past()}","pushed_at":"{draws.past()}",'
        f'"git_url":"git://github.com/{full}.git","ssh_url":"git@github.com:{full}.git",'
        f'"clone_url":"{SITE}/{full}.git","svn_url":"{SITE}/{full}","homepage":{homepage},'
        f'"size":{draws.small(400_000)},"stargazers_count":{stars},"watchers_count":{stars},'
        f'"language":{language},'
        f'"has_issues":{draws.flag(0.6)},"has_downloads":true,"has_wiki":{draws.flag(0.8)},'
        f'"has_pages":{draws.flag(0.1)},"forks_count":{forks},"mirror_url":null,'
        f'"open_issues_count":{issues},'
        f'"forks":{forks},"open_issues":{issues},"watchers":{stars},'
        f'"default_branch":"master"{end}}}'
    )


def milestone(draws: Draws, base: str) -> str:
    """Return a milestone of the repository at `base`."""
    number = draws.below(40) + 1
    due = quoted(draws.past() if draws.chance(0.6) else None)
    description = quoted(draws.prose.title() if draws.chance(0.9) else None)
    return (
        f'{{"url":"{base}/milestones/{number}","labels_url":"{base}/milestones/{number}/labels",'
        f'"id":{draws.below(900_000)},"number":{number},'
        f'"title":"v{draws.below(9)}.{draws.below(30)}",'
        f'"description":{description},"creator":{user(draws.someone())},'
        f'"open_issues":{draws.below(60)},'
        f'"closed_issues":{draws.below(200)},"state":"open","created_at":"{draws.past()}",'
        f'"updated_at":"{draws.past()}","due_on":{due},"closed_at":null}}'
    )


def labels(draws: Draws, base: str) -> str:
    """Return a list of labels, empty in two issues of three."""
    if draws.random() < 0.68:
        return "[]"
    first = draws.below(len(LABELS))
    chosen = (LABELS[(first + step) % len(LABELS)] for step in range(1 + draws.small(4)))
    listed = ",".join(
        f'{{"url":"{base}/labels/{name.replace(" ", "+")}","name":"{name}","color":"{color}"}}'
        for name, color in chosen
    )
    return f"[{listed}]"


def issue(
    draws: Draws, repo: Repository, number: int, now: str, *, closed: bool, pull: bool
) -> str:
    """Return an issue; `pull` when the issue is the talk of a pull request."""
    base, page = f"{API}/repos/{repo.full_name}", f"{SITE}/{repo.full_name}"
    here = f"{base}/issues/{number}"
    kind = "pull" if pull else "issues"
    link = ""
    if pull:
        link = (
            f'"pull_request":{{"url":"{base}/pulls/{number}","html_url":"{page}/pull/{number}",'
            f'"diff_url":"{page}/pull/{number}.diff","patch_url":"{page}/pull/{number}.patch"}},'
        )
    body = quoted(draws.prose.body(260) if draws.chance(0.98) else None)
    return (
        f'{{"url":"{here}","labels_url":"{here}/labels{{/name}}","comments_url":"{here}/comments",'
        f'"events_url":"{here}/events","html_url":"{page}/{kind}/{number}",'
        f'"id":{53_000_000 + draws.below(190_000)},'
        f'"number":{number},"title":"{draws.prose.title()}","user":{user(draws.someone())},'
        f'"labels":{labels(draws, base)},"state":"{"closed" if closed else "open"}","locked":false,'
        f'"assignee":{user(draws.someone()) if draws.chance(0.14) else "null"},'
        f'"milestone":{milestone(draws, base) if draws.chance(0.1) else "null"},'
        f'"comments":{draws.small(60)},'
        f'"created_at":"{draws.past()}","updated_at":"{now}",'
        f'"closed_at":{quoted(now if closed else None)},'
        f'{link}"body":{body}}}'
    )


def issue_comment(draws: Draws, repo: Repository, number: int, who: Actor, now: str) -> str:
    """Return a comment under an issue."""
    base, ident = f"{API}/repos/{repo.full_name}/issues", 68_000_000 + draws.below(900_000)
    return (
        f'{{"url":"{base}/comments/{ident}",'
        f'"html_url":"{SITE}/{repo.full_name}/issues/{number}#issuecomment-{ident}",'
        f'"issue_url":"{base}/{number}","id":{ident},"user":{user(who)},"created_at":"{now}",'
        f'"updated_at":"{now}",'
        f'"body":"{draws.prose.body(115)}"}}'
    )


def links(repo: Repository, number: int, head: str) -> str:
    """Return the `_links` of a pull request whose head is the commit `head`."""
    base = f"{API}/repos/{repo.full_name}"
    return (
        f'{{"self":{{"href":"{base}/pulls/{number}"}},'
        f'"html":{{"href":"{SITE}/{repo.full_name}/pull/{number}"}},'
        f'"issue":{{"href":"{base}/issues/{number}"}},'
        f'"comments":{{"href":"{base}/issues/{number}/comments"}},'
        f'"review_comments":{{"href":"{base}/pulls/{number}/comments"}},'
        f'"review_comment":{{"href":"{base}/pulls/comments/{{number}}"}},'
        f'"commits":{{"href":"{base}/pulls/{number}/commits"}},'
        f'"statuses":{{"href":"{base}/statuses/{head}"}}}}'
    )


def pull_request(
    draws: Draws, repo: Repository, number: int, who: Actor, now: str, *, closed: bool, full: bool
) -> str:
    """Return a pull request; `full` adds what only a PullRequestEvent says of it."""
    base, page = f"{API}/repos/{repo.full_name}", f"{SITE}/{repo.full_name}"
    merged = closed and draws.chance(0.83)
    own = draws.chance(0.33)
    source = (
        repo
        if own
        else Repository(draws.below(28_000_000), who, repo.name, f"{who.login}/{repo.name}")
    )
    head, branch, end = (
        draws.sha(),
        f"fix-{draws.below(500)}" if draws.chance(0.6) else "master",
        "",
    )
    closed_at, about = quoted(now if closed else None), draws.prose.title()
    # A repository that was deleted before its pull request was closed.
    head_repo = (
        "null"
        if full and draws.chance(0.004)
        else repository(draws, source, fork=not own, about=about)
    )
    if full:
        state = "unknown" if draws.chance(0.88) else "clean"
        end = (
            f',"merged":{"true" if merged else "false"},'
            f'"mergeable":{"null" if state == "unknown" else "true"},'
            f'"mergeable_state":"{state}",'
            f'"merged_by":{user(draws.someone()) if merged else "null"},'
            f'"comments":{draws.small(40)},"review_comments":{draws.small(30)},'
            f'"commits":{1 + draws.small(60)},'
            f'"additions":{draws.small(9_000)},"deletions":{draws.small(4_000)},'
            f'"changed_files":{1 + draws.small(90)}'
        )
    return (
        f'{{"url":"{base}/pulls/{number}","id":{26_000_000 + draws.below(800_000)},'
        f'"html_url":"{page}/pull/{number}",'
        f'"diff_url":"{page}/pull/{number}.diff","patch_url":"{page}/pull/{number}.patch",'
        f'"issue_url":"{base}/issues/{number}","number":{number},'
        f'"state":"{"closed" if closed else "open"}",'
        f'"locked":false,"title":"{draws.prose.title()}","user":{user(who)},'
        f'"body":{quoted(draws.prose.body(70) if draws.chance(0.98) else None)},'
        f'"created_at":"{draws.past()}",'
        f'"updated_at":"{now}","closed_at":{closed_at},'
        f'"merged_at":{quoted(now if merged else None)},'
        f'"merge_commit_sha":{quoted(draws.sha() if closed or not full else None)},'
        f'"assignee":{user(who) if draws.chance(0.01) else "null"},'
        f'"milestone":{milestone(draws, base) if full and draws.chance(0.02) else "null"},'
        f'"commits_url":"{base}/pulls/{number}/commits",'
        f'"review_comments_url":"{base}/pulls/{number}/comments",'
        f'"review_comment_url":"{base}/pulls/comments/{{number}}",'
        f'"comments_url":"{base}/issues/{number}/comments",'
        f'"statuses_url":"{base}/statuses/{head}",'
        f'"head":{{"label":"{source.owner.login}:{branch}","ref":"{branch}","sha":"{head}",'
        f'"user":{user(source.owner)},"repo":{head_repo}}},'
        f'"base":{{"label":"{repo.owner.login}:master","ref":"master","sha":"{draws.sha()}",'
        f'"user":{user(repo.owner)},"repo":{repository(draws, repo, fork=False, about=about)}}},'
        f'"_links":{links(repo, number, head)}{end}}}'
    )


def review_comment(draws: Draws, repo: Repository, number: int, who: Actor, now: str) -> str:
    """Return a comment on a line of a pull request."""
    base, page = f"{API}/repos/{repo.full_name}/pulls", f"{SITE}/{repo.full_name}/pull/{number}"
    ident, commit, position = 22_000_000 + draws.below(400_000), draws.sha(), draws.below(90) + 1
    return (
        f'{{"url":"{base}/comments/{ident}","id":{ident},"diff_hunk":"{draws.prose.diff()}",'
        f'"path":"{draws.prose.path()}","position":{position if draws.chance(0.95) else "null"},'
        f'"original_position":{position},"commit_id":"{commit}","original_commit_id":"{commit}",'
        f'"user":{user(who)},'
        f'"body":"{draws.prose.body(80)}","created_at":"{now}","updated_at":"{now}",'
        f'"html_url":"{page}#discussion_r{ident}","pull_request_url":"{base}/{number}",'
        f'"_links":{{"self":{{"href":"{base}/comments/{ident}"}},'
        f'"html":{{"href":"{page}#discussion_r{ident}"}},'
        f'"pull_request":{{"href":"{base}/{number}"}}}}}}'
    )


def commit_comment(draws: Draws, repo: Repository, who: Actor, now: str) -> str:
    """Return a comment on a commit, in a quarter of them on one of its lines."""
    ident, commit = 9_000_000 + draws.below(200_000), draws.sha()
    line = str(draws.below(200) + 1) if draws.chance(0.27) else "null"
    path = quoted(draws.prose.path() if line != "null" else (None if draws.chance(0.15) else ""))
    return (
        f'{{"url":"{API}/repos/{repo.full_name}/comments/{ident}",'
        f'"html_url":"{SITE}/{repo.full_name}/commit/{commit}#commitcomment-{ident}",'
        f'"id":{ident},"user":{user(who)},'
        f'"position":{line},"line":{line},"path":{path},"commit_id":"{commit}",'
        f'"created_at":"{now}",'
        f'"updated_at":"{now}","body":"{draws.prose.body(80)}"}}'
    )


def asset(draws: Draws, repo: Repository, tag: str, who: Actor, now: str) -> str:
    """Return a file attached to a release."""
    ident = 360_000 + draws.below(90_000)
    name = f"{repo.name}-{tag}.zip"
    return (
        f'{{"url":"{API}/repos/{repo.full_name}/releases/assets/{ident}","id":{ident},'
        f'"name":"{name}","label":null,'
        f'"uploader":{user(who)},"content_type":"application/zip","state":"uploaded",'
        f'"size":{draws.below(9_000_000)},'
        f'"download_count":{draws.small(90)},"created_at":"{draws.past()}","updated_at":"{now}",'
        f'"browser_download_url":"{SITE}/{repo.full_name}/releases/download/{tag}/{name}"}}'
    )


def release(draws: Draws, repo: Repository, who: Actor, now: str) -> str:
    """Return a release, in a quarter of them with a file attached."""
    base, ident = f"{API}/repos/{repo.full_name}", 800_000 + draws.below(90_000)
    tag = f"v{draws.below(5)}.{draws.below(20)}.{draws.below(30)}"
    assets = asset(draws, repo, tag, who, now) if draws.chance(0.25) else ""
    return (
        f'{{"url":"{base}/releases/{ident}","assets_url":"{base}/releases/{ident}/assets",'
        f'"upload_url":"https://uploads.github.com/repos/{repo.full_name}/releases/{ident}/assets{{?name}}",'
        f'"html_url":"{SITE}/{repo.full_name}/releases/tag/{tag}","id":{ident},"tag_name":"{tag}",'
        f'"target_commitish":"master","name":"{draws.prose.title()}","draft":false,'
        f'"author":{user(who)},'
        f'"prerelease":{draws.flag(0.15)},"created_at":"{draws.past()}","published_at":"{now}",'
        f'"assets":[{assets}],'
        f'"tarball_url":"{base}/tarball/{tag}","zipball_url":"{base}/zipball/{tag}",'
        f'"body":"{draws.prose.body(150)}"}}'
    )
