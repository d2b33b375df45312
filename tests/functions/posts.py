"""Functions of tweets and comments."""

import datetime
import json
import re

from functions.listed import listed

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
