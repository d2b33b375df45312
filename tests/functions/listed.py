"""Ordinary functions, as public analyses of event archives, logs and dumps apply them to a record.

Each is written anew, with the operations of its source; none may be dropped or bent to fit, and
what becomes of each is for others to say. `line` functions take the text of a line, the others the
record that `json.loads` makes of it.
"""

import ast
import datetime
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple


class Listed(NamedTuple):
    """A function, what kind of record it takes, and where its like was found."""

    function: Callable[[Any], Any]
    kind: str
    source: str


LISTED: list[Listed] = []


def listed(kind: str, source: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def add(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        LISTED.append(Listed(function, kind, source))
        return function

    return add


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


# ---- tweets ----

EXPORT = "github.com/derekgreene/twitter-jsonl-tools, jsonl-tweet-export.py"
TWEET_STATS = "github.com/derekgreene/twitter-jsonl-tools, jsonl-tweet-stats.py"
HASHTAGS = "github.com/Nitin2392/SocialMediaAnalytics, EntityAnalysis.py"
FREQUENCY = (
    "github.com/Tarandeepsingh436/Mining-twitter-data-with-python, "
    "Tweet/twitter_hashtag_frequency.py"
)
KEYWORDS = "github.com/jcobian/Twitter-Cloud-Project, mapReducePrograms/keywordsMapReduce"


def tweet_date(text):
    parts = text.split(" ")
    kept = " ".join(parts[0:4] + [parts[-1]])
    return datetime.datetime.strptime(kept, "%a %b %d %H:%M:%S %Y")


def one_space(text, separator):
    text = text.replace(separator, " ")
    return re.sub(r"\s+", " ", text)


def quoted(value):
    return '"%s"' % value


@listed("tweet", EXPORT)
def tweet_day(tweet):
    return tweet_date(tweet["created_at"]).strftime("%Y-%m-%d %H:%M:%S")


@listed("tweet", EXPORT)
def quoted_id(tweet):
    return quoted(tweet["id"])


@listed("tweet", EXPORT)
def tweet_text(tweet):
    return one_space(tweet["text"], ",")


@listed("tweet", EXPORT)
def tweet_row(tweet):
    values = [
        quoted(tweet["id"]),
        one_space(tweet["user"]["screen_name"], ",").lower(),
        quoted(tweet["user"]["id"]),
        one_space(tweet["text"], ","),
    ]
    return "%s\n" % ",".join(values)


@listed("tweet", TWEET_STATS)
def is_retweet(tweet):
    return tweet.get("retweeted_status", None) is not None


@listed("tweet", TWEET_STATS)
def is_reply(tweet):
    return not tweet["in_reply_to_user_id"] is None


@listed("tweet", TWEET_STATS)
def has_place(tweet):
    return not tweet["geo"] is None


@listed("tweet", TWEET_STATS)
def has_hashtags(tweet):
    entities = tweet.get("entities", [])
    return len(entities["hashtags"]) > 0


@listed("tweet", TWEET_STATS)
def has_urls(tweet):
    return len(tweet.get("entities", [])["urls"]) > 0


@listed("tweet", TWEET_STATS)
def mentions_somebody(tweet):
    return len(tweet.get("entities", [])["user_mentions"]) > 0


@listed("tweet", TWEET_STATS)
def language(tweet):
    if "lang" in tweet:
        return tweet["lang"]


@listed("tweet", HASHTAGS)
def hashtags(tweet):
    entities = tweet.get("entities", {})
    tags = entities.get("hashtags", {})
    return [tag["text"].lower() for tag in tags]


@listed("tweet", FREQUENCY)
def hashtags_or_none(tweet):
    return [tag["text"].lower() for tag in tweet.get("entities", {}).get("hashtags", [])]


@listed("tweet", KEYWORDS)
def tweet_time(tweet):
    tokens = tweet["created_at"].split()
    year, month, day = tokens[5], tokens[1], tokens[2]
    clock = tokens[3].split(":")
    return "%s-%s-%s %s:%s:%s" % (year, month, day, clock[0], clock[1], clock[2])


@listed("tweet", KEYWORDS)
def keywords(tweet):
    words = []
    for word in tweet["text"].split():
        if word.isalpha() and len(word) > 3:
            words.append(word)
    return words


# ---- comments on Reddit ----

RELATIVE = "github.com/aringhosh/CMPT-732, asmnt-2/relative-score-bcast.py"
AVERAGES = "github.com/aringhosh/CMPT-732, asmnt-2/reddit-averages.py"
AUTHORS = "github.com/danielblazevski/airflow-pyspark-reddit, src/pyspark/numUniqueAuthors.py"
WORDS = "github.com/YoraiLevi/RedditAnalysis, main.py"
SCORES = {"programming": 4.5, "python": 6.25, "rust": 7.0}


@listed("comment", RELATIVE)
def score_and_one(c):
    return c["subreddit"], (c["score"], 1)


@listed("comment", RELATIVE)
def relative_score(c):
    return c["score"] / SCORES[c["subreddit"]], c["author"]


@listed("comment line", AVERAGES)
def line_to_score(line):
    j = json.loads(line)
    return j["subreddit"], (1, j["score"])


@listed("comment", AVERAGES)
def score_as_json(c):
    return json.dumps((c["subreddit"], c["score"] / 2))


@listed("comment", AUTHORS)
def has_author(record):
    return "author" in record


@listed("comment", AUTHORS)
def author(record):
    return record["author"]


@listed("comment", WORDS)
def words_of_comment(x):
    return x["body"].lower().rstrip().lstrip().split()


# ---- accounts and people, of Dask's own tutorials ----

TUTORIAL = "github.com/marcosb1/CMPT-679L-272, Project3/03_bag.py (Dask's tutorial)"
BINDER = "examples.dask.org/applications/json-data-on-the-web.html"
PEOPLE = "github.com/dask/dask-examples, bag.ipynb"
FEBRUARY = re.compile("2020-02-..")


@listed("account", TUTORIAL)
def is_alice(record):
    return record["name"] == "Alice"


@listed("account", TUTORIAL)
def count_transactions(d):
    return {"name": d["name"], "count": len(d["transactions"])}


@listed("account", TUTORIAL)
def account_name(item):
    return item["name"]


@listed("account", TUTORIAL)
def sum_of_amounts(z):
    return sum([y["amount"] for y in z["transactions"]])


@listed("account", TUTORIAL)
def denormalized(record):
    return [
        {
            "id": record["id"],
            "name": record["name"],
            "amount": transaction["amount"],
            "transaction-id": transaction["transaction-id"],
        }
        for transaction in record["transactions"]
    ]


@listed("launch", BINDER)
def launched_that_day(record):
    return record["date"] == "2020-02-20"


@listed("launch", BINDER)
def launched_in_february(record):
    return FEBRUARY.match(record["date"]) is not None


@listed("launch", BINDER)
def many_launches(record):
    return int(record["count"]) > 1000


@listed("person", PEOPLE)
def over_thirty(record):
    return record["age"] > 30


@listed("person", PEOPLE)
def occupation(record):
    return record["occupation"]


@listed("person", PEOPLE)
def flat_person(record):
    return {
        "age": record["age"],
        "occupation": record["occupation"],
        "telephone": record["telephone"],
        "credit-card-number": record["credit-card"]["number"],
        "credit-card-expiration": record["credit-card"]["expiration-date"],
        "name": " ".join(record["name"]),
        "street-address": record["address"]["address"],
        "city": record["address"]["city"],
    }


# ---- reviews, and lines of logs ----

SENTIMENT = "github.com/DataMiningMSCSGroup5/Amazon-Reviews-2023-MapReduce-Analytics, jobs"
PACKAGES = "github.com/datamitra/pysparkcodes, practice1.py"
CORRELATE = "github.com/aringhosh/CMPT-732, asmnt-2/correlate-logs.py"
TEXT_KEYS = ("text", "reviewText", "review_body")


@listed("review", SENTIMENT)
def review_text(rec):
    return re.sub(r"\s+", " ", rec.get("reviewText", "")).strip()


@listed("review", SENTIMENT)
def review_id(rec):
    return rec.get("review_id") or f"{rec['parent_asin']}_{rec['timestamp']}"


@listed("review", SENTIMENT)
def review_row(rec):
    raw = next((rec[k] for k in TEXT_KEYS if k in rec), "")
    text = re.sub(r"\s+", " ", str(raw)).strip()
    if not text:
        return None
    number = rec.get("review_id") or f"{rec.get('parent_asin')}_{rec['timestamp']}"
    rating = rec.get("rating") or rec.get("overall")
    if rating is None:
        return None
    safe = text.replace("\t", " ")
    return f"{number}\t{rating}\t{safe}"


@listed("download", PACKAGES)
def package(line):
    return line.split(",")[5].replace('"', "")


@listed("request", CORRELATE)
def host_and_bytes(line):
    pattern = re.compile(r'^(\S+) - - \[(\S+) [+-]\d+\] "[A-Z]+ (\S+) HTTP/\d\.\d" \d+ (\d+)$')
    match = re.search(pattern, line)
    if match:
        m = re.match(pattern, line)
        host = m.group(1)
        size = float(m.group(4))
        return (host, (1, size))
    return None


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


# ---- Yelp's businesses and reviews ----

STARS = "github.com/liuxiaoyue08/SI601, si601_w16_hw6/hw6_xiaoyliu.py"
YELP = "github.com/Wizc1998/Big-Data-Management-with-Pyspark-RDD, task 1"
SIMILAR = "github.com/arpitjain2811/Web-Search-Engine-Final-Project, processing/MR_business_sim1.py"
ELITES = "github.com/aanyaj97/The-Yelp-Elites, make_userid_4star_review_dict.py"
CANOPY = "github.com/jsrawan-mobo/mrbigdata, src/Yelp/canopy_clustering/yelp_generatedata.py"
WORD = re.compile(r"[\w']+")


@listed("yelp", STARS)
def business_and_city(data):
    found = []
    kind = data.get("type", None)
    if kind == "business":
        city = data.get("city", None)
        business_id = data.get("business_id", None)
        if city:
            found.append((business_id, city))
    return found


@listed("yelp", STARS)
def business_and_user(data):
    found = []
    kind = data.get("type", None)
    if kind == "review":
        user_id = data.get("user_id", None)
        business_id = data.get("business_id", None)
        if user_id:
            found.append((business_id, user_id))
    return found


@listed("yelp", YELP)
def reviewed_in_2018(r):
    return r["date"].startswith("2018")


@listed("yelp line", YELP)
def user_business_year(line):
    record = json.loads(line)
    user_id = record["user_id"]
    business_id = record["business_id"]
    date = record["date"]
    year = date.split("-")[0].strip()
    return (user_id, business_id, year)


@listed("yelp line", SIMILAR)
def words_of_review(line):
    obj = json.loads(line)
    words = {}
    for word in WORD.findall(obj["text"]):
        if word.lower() in words.keys():
            words[word.lower()] += 1
        else:
            words[word.lower()] = 1
    return words


@listed("yelp line", ELITES)
def liked_review(line):
    entry = ast.literal_eval(line)
    user_id = entry["user_id"]
    review_id = entry["review_id"]
    stars = entry["stars"]
    if stars >= 4.0:
        return (user_id, review_id), 1
    return None


@listed("yelp", CANOPY)
def business_key_and_stars(row):
    if row["type"] == "review":
        business_key = "business:%s" % row["business_id"]
        return business_key, json.dumps([row["user_id"], row["stars"]])
    return None


# ---- papers and scholars ----

SCRAPE = "github.com/GammaTauAI/arxiv-tex-scrape, get_metadata.py"
ARXIV = "github.com/AndreaCicca/arXiv-search, filter_data.py"
AMINER = "a public script that reads AMiner's dump with dask.bag (computer_department_name_checker)"
CLASSES = "|".join("cs\\." + name for name in ["AI", "AR", "CC", "CE", "CL", "CR", "CV", "DB"])


@listed("paper", SCRAPE)
def is_computer_science(x):
    return "cs." in x["categories"]


@listed("paper", SCRAPE)
def paper_id(x):
    return {"id": x["id"]}


def created(paper):
    text = paper["versions"][0]["created"]
    when = datetime.datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
    return when.strftime("%Y-%m-%d")


@listed("paper", ARXIV)
def day_of_first_version(paper):
    return created(paper)


@listed("paper", ARXIV)
def is_recent_paper(paper):
    return created(paper) >= "2023-01-01"


@listed("paper", ARXIV)
def in_wanted_class(paper):
    return re.search(CLASSES, paper["categories"]) is not None


@listed("scholar", AMINER)
def has_organisation_and_index(record):
    return "orgs" in record and "name" in record and "h_index" in record


@listed("scholar", AMINER)
def flat_scholar(record):
    return {
        "id": record["id"],
        "name": record["name"],
        "orgs": record["orgs"],
        "h_index": record["h_index"],
    }


@listed("scholar", AMINER)
def of_computer_department(record):
    dept = [d.lower() for d in record["orgs"]]
    d = [x.split() for x in dept]
    d = [j for sub in d for j in sub]
    if "computer science " in d or "computer" in d:
        return True
    else:
        return False


# ---- logs of web servers, page views ----

APACHE = (
    "github.com/databricks/reference-apps, "
    "logs_analyzer/chapter1/python/databricks/apps/logs/apache_access_log.py"
)
LAB = "github.com/Tegark/Multithread_Lab5, code/task2.py"
BROADCAST = "github.com/jeo20/ds-ml-18dias, libro/capitulo10/codigo/pyspark/ejemplo_broadcast.py"
HAPROXY = "github.com/HSATAN/my-app, spark/parse_log.py"
NOTES = "github.com/parrt/msds692, notes/logs.md"
LOGALYZER = "github.com/bubnovd/Linux-admin, 06_bash/logalyzer.py"
VIEWS = "a public script that filters Wikipedia's page views with dask.bag (db_filter_title)"
ACCESS = r'^(\S+) (\S+) (\S+) \[([\w:/]+\s[+\-]\d{4})\] "(\S+) (\S+) (\S+)" (\d{3}) (\d+)'
NASA = re.compile(
    r'^(?P<host>\S+) - - \[(?P<datetime>.+)\] "((?P<method>\w+)\s+)?(?P<request>.+)" '
    r"(?P<code>\d+) (?P<bytes>[\d\-]+)$"
)
REQUEST = (
    r"(?P<ip>\S+)"
    r" - - \[(?P<time>\S+) \S+\]"
    r' "(?:GET|POST) (?P<url>\S+)'
)
STATUS = {200: "OK", 401: "Bad Request", 404: "Not Found", 505: "Server error"}


@listed("access", APACHE)
def parts_of_access(logline):
    match = re.search(ACCESS, logline)
    if match is None:
        raise ValueError("Invalid logline: %s" % logline)
    return dict(
        ip_address=match.group(1),
        client_identd=match.group(2),
        user_id=match.group(3),
        date_time=match.group(4),
        method=match.group(5),
        endpoint=match.group(6),
        protocol=match.group(7),
        response_code=int(match.group(8)),
        content_size=int(match.group(9)),
    )


@listed("access", LAB)
def named_parts_of_access(line):
    match = NASA.match(line)
    if match is None:
        raise Exception(line)
    return match.groupdict()


@listed("logged", LAB)
def is_server_error(n):
    return int(n["code"]) in range(500, 600)


@listed("logged", LAB)
def method_and_request(n):
    return (n["method"] + " " + n["request"], 1)


@listed("access", BROADCAST)
def name_of_status(line):
    tokens = line.split(" ")
    if len(tokens) > 7:
        return (STATUS[int(tokens[8])], 1)
    else:
        return ("", 1)


@listed("access", HAPROXY)
def without_dashes(line):
    line = line.replace("- - --", "")
    lines = line.split(" ")
    return line


@listed("access", NOTES)
def first_of_line(line):
    return re.search("^.*? ", line).group()


@listed("access", LOGALYZER)
def address_time_url(line):
    match = re.search(REQUEST, line)
    if match:
        return match.groups()
    return None


@listed("view", VIEWS)
def title_matches(line, regex="Barack_Obama"):
    vals = line.split(" ")
    if len(vals) < 6:
        return False
    tmp = re.search(regex, vals[3])
    if tmp is None:
        return False
    return True


@listed("view", VIEWS)
def language_matches(line, regex="en"):
    vals = line.split(" ")
    if len(vals) < 6:
        return False
    tmp = re.search(regex, vals[2])
    if tmp is None:
        return False
    return True


@listed("view", VIEWS)
def parts_of_view(line):
    return list(line.split(" "))
