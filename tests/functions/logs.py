"""Functions of lines of logs."""

import re

from functions.listed import listed

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
