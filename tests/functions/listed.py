"""Ordinary functions, as public analyses of event archives, logs and dumps apply them to a record.

Each is written anew, with the operations of its source; none may be dropped or bent to fit, and
what becomes of each is for others to say. `line` functions take the text of a line, the others the
record that `json.loads` makes of it.
"""

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
