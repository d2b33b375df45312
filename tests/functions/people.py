"""Functions of accounts, people, papers and scholars."""

import datetime
import re

from functions.listed import listed

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
