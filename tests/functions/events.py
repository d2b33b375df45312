"""Functions of GitHub's public events."""

import datetime
import json

from functions.listed import listed

# ---- GitHub's public events ----

DOCUMENT = "the seed document: GitHub's 2015 events with dask.bag"
ACTIVITY = "github.com/laokaplow/stats, process.py"
REPOS = "github.com/NiHaDuncan/CWB205-FINAL, pyspark/RepoCount.py"
MERGER = "github.com/NiHaDuncan/CWB205-FINAL, pyspark/CommitMerger.py"
SPRK = "github.com/tribes/sprk, map.py"
STATS = "github.com/defgsus/gharchive-stats, src/exporters.py"
STATS_READER = "github.com/defgsus/gharchive-stats, src/gharchive.py"
FEEDER = "github.com/ail-project/ail-feeder-gharchive, bin/gharchive_feeder.py"
WANTED_ORGS = ["google\n", "apache\n", "mozilla\n"]
WANTED_USERS = ["Linus Torvalds\n", "Guido van Rossum\n"]
WANTED_WORDS = ["password\n", "secret\n", "api key\n"]


@listed("event", DOCUMENT)
def event_type(e):
    return e["type"]


@listed("event", DOCUMENT)
def is_push(e):
    return e["type"] == "PushEvent"


@listed("event", DOCUMENT)
def actor_login(e):
    return e["actor"]["login"]


@listed("event", DOCUMENT)
def pushed_commits(e):
    return len(e["payload"]["commits"])


@listed("event", ACTIVITY)
def actor_and_repository(event):
    actor = event["actor"]["login"]
    repo = event["repo"]["name"]
    return actor, repo


@listed("event", ACTIVITY)
def actor_and_repository_or_complain(event):
    try:
        return event["actor"]["login"], event["repo"]["name"]
    except Exception:
        number = event["id"]
        raise RuntimeError("cannot use event #{}".format(number))


@listed("line", REPOS)
def line_is_push(line):
    return json.loads(line)["type"] == "PushEvent"


@listed("line", REPOS)
def line_repository(line):
    return json.loads(line)["repo"]["name"]


@listed("line", MERGER)
def line_messages(line):
    return [
        (json.loads(line)["repo"]["name"], commit["message"])
        for commit in json.loads(line)["payload"]["commits"]
    ]


@listed("line", SPRK)
def line_to_record(line):
    return json.loads(line)


@listed("event", SPRK)
def repository_and_one(event):
    return [event["repo"]["id"], 1]


@listed("event", STATS)
def type_user_repository(event):
    user = event["actor"]["login"]
    repo = event["repo"]["name"]
    kind = event["type"]
    return f"{kind}/{user}/{repo}"


@listed("event", STATS_READER)
def event_id(event):
    return event["id"]


@listed("event", FEEDER)
def pushed_by_wanted_org(element):
    if element["type"] == "PushEvent":
        if "org" in element:
            for name in WANTED_ORGS:
                if name.rstrip("\n") == element["org"]["login"]:
                    return True
    return False


@listed("event", FEEDER)
def pushed_by_wanted_user(element):
    if element["type"] != "PushEvent":
        return False
    for i in range(len(element["payload"]["commits"])):
        for name in WANTED_USERS:
            if name.rstrip("\n") == element["payload"]["commits"][i]["author"]["name"]:
                return True
    return False


@listed("event", FEEDER)
def commits_with_wanted_words(element):
    found = 0
    for commit in element["payload"]["commits"]:
        for word in WANTED_WORDS:
            if word.rstrip("\n") in commit["message"]:
                found += 1
    return found


@listed("event", FEEDER)
def day_of_event(element):
    when = datetime.datetime.strptime(element["created_at"], "%Y-%m-%dT%H:%M:%SZ")
    return when.strftime("%Y-%m-%d")


@listed("event", FEEDER)
def time_of_event(element):
    when = datetime.datetime.strptime(element["created_at"], "%Y-%m-%dT%H:%M:%SZ")
    return when.strftime("%H:%M:%S")


@listed("event", FEEDER)
def event_metadata(element):
    meta = dict()
    meta["github:id_event"] = element["id"]
    meta["github:repo_id"] = str(element["repo"]["id"])
    meta["github:repo_name"] = element["repo"]["name"]
    if "org" in element:
        meta["github:org_id"] = str(element["org"]["id"])
        meta["github:org_name"] = element["org"]["login"]
    return meta


@listed("event", FEEDER)
def first_commit_metadata(element):
    meta = dict()
    meta["github:push_id"] = str(element["payload"]["push_id"])
    meta["github:commit_id"] = element["payload"]["commits"][0]["sha"]
    meta["github:commit_url"] = element["payload"]["commits"][0]["url"]
    meta["github:pusher_email"] = element["payload"]["commits"][0]["author"]["email"]
    meta["github:pusher"] = element["payload"]["commits"][0]["author"]["name"]
    return meta


@listed("event", FEEDER)
def pusher_id(element):
    meta = {}
    try:
        meta["github:pusher_id"] = str(element["payload"]["committer"]["id"])
    except:
        pass
    return meta


# ---- GitHub's events of any era ----

HADOOP = "github.com/bbakersmith/github-archive-hadoop-jobs"
BUILDER = "github.com/wangliang-cs/gharchive_db_builder, utils/gharchive_gzreader.py"
EXPLORATION = "github.com/marcosguerrerodeveloper/Pyspark-GHArchive, exploracion/analizar_hora.py"
METRICS = "a public Spark job of repositories' metrics (parseIssuesRecord, computeMetrics)"
LANGUAGE_PATH = "payload.pull_request.base.repo.language"
WANTED_REPOSITORY = 28688495


@listed("timeline line", HADOOP + ", repo-event-mapper.py")
def repository_and_type(line):
    try:
        event = json.loads(line)
    except:
        return None
    event_type = event["type"]
    repo_id = event["repository"]["id"]
    return "%s\t%s" % (repo_id, event_type)


@listed("repository line", HADOOP + ", language-event-count-mapper.py")
def events_of_repository(line):
    repo = json.loads(line)
    events = repo["events"]
    stats = {}
    for event, contents in events.items():
        count = len(events[event])
        unique_actors = list(set(events[event]))
        stats[event] = {
            "count": count,
            "actors_count": len(unique_actors),
            "actors": unique_actors,
        }
    return "\t".join([repo["id"], repo["language"], json.dumps(stats)])


@listed("timeline", BUILDER)
def repository_of_any_era(record):
    if "repo" in record:
        return record["repo"]["name"]
    elif "repository" in record:
        return f"{record['repository']['owner']}/{record['repository']['name']}"
    elif "url" in record:
        return f"{record['url'].replace('https://github.com/', '')}"
    else:
        return None


@listed("timeline", BUILDER)
def actor_of_any_era(record):
    if "actor_attributes" in record:
        actor_login = record["actor_attributes"]["login"]
    elif "actor" in record:
        actor_login = record["actor"]["login"]
    else:
        return None
    return f"github:{actor_login}"


@listed("event", BUILDER)
def number_of_issue_or_request(record):
    number = None
    if "payload" in record:
        if "issue" in record["payload"]:
            if isinstance(record["payload"]["issue"], dict):
                if "number" in record["payload"]["issue"]:
                    number = record["payload"]["issue"]["number"]
            else:
                number = record["payload"]["number"]
        if "pull_request" in record["payload"]:
            if isinstance(record["payload"]["pull_request"], dict):
                if "number" in record["payload"]["pull_request"]:
                    number = record["payload"]["pull_request"]["number"]
            else:
                number = record["payload"]["number"]
    return number


@listed("event", BUILDER)
def record_to_send(record):
    sent = {"id": record["id"]}
    sent["proj_id"] = f"github:{record['repo']['name']}"
    sent["user_id"] = f"github:{record['actor']['login']}"
    sent["type"] = record["type"]
    sent["created_at"] = record["created_at"]
    if "payload" in record:
        if "action" in record["payload"]:
            sent["action"] = record["payload"]["action"]
    if "action" not in sent:
        sent["action"] = ""
    return sent


def json_type(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "str"
    if isinstance(value, list):
        return "list"
    if isinstance(value, dict):
        return "dict"
    return type(value).__name__


def read_path(obj, path):
    current = obj
    for part in path.split("."):
        if not isinstance(current, dict) or part not in current:
            return False, None
        current = current[part]
    return True, current


@listed("event", EXPLORATION)
def type_of_action(event):
    return json_type(event["payload"].get("action"))


@listed("event", EXPLORATION)
def language_by_path(event):
    return read_path(event, LANGUAGE_PATH)


@listed("event", EXPLORATION)
def login_of_bot(ev):
    actor = ev.get("actor") or {}
    login = actor.get("login")
    if login:
        if login.endswith("[bot]"):
            return login
    return None


@listed("event", EXPLORATION)
def push_is_truncated(ev):
    p = ev.get("payload") or {}
    commits = p.get("commits") or []
    size = p.get("size")
    return isinstance(size, int) and size > len(commits)


@listed("event line", EXPLORATION)
def line_is_valid(line):
    line = line.strip()
    if not line:
        return None
    try:
        json.loads(line)
    except json.JSONDecodeError:
        return False
    return True


@listed("event", EXPLORATION)
def action_or_none(ev):
    return (ev.get("payload") or {}).get("action", "(no action)")


@listed("event", METRICS)
def is_wanted_repository(record):
    return record["repo"]["id"] == WANTED_REPOSITORY


@listed("event", METRICS)
def opened_or_closed(record):
    return record["payload"]["action"] == "opened" or record["payload"]["action"] == "closed"


@listed("event", METRICS)
def type_and_one(record):
    return (record["type"], 1)
