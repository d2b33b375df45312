"""Functions of reviews, downloads and requests."""

import ast
import json
import re

from functions.listed import listed

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
