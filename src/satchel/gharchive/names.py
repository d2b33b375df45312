"""Who is on stage: a login, a person or a repository for every number, without a table.

A name is a pure function of its number, so that two hours written by two
processes agree on who number 17 is.

>>> actor(17) == actor(17)
True
>>> actor(17) == actor(18)
False
"""

from __future__ import annotations

from typing import NamedTuple


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are parted by blanks.

    >>> words("oak pine")
    ('oak', 'pine')
    """
    return tuple(text.split())


ADJECTIVES = words("""
amber ancient bold brave bright brisk calm cedar clever cobalt copper coral crisp curious dapper
dusty eager early ember fair fast fierce frosty gentle gilded golden grand green happy hazel
hidden hollow humble icy ivory jolly keen kind lone lucid lucky lunar marble mellow merry misty
modest mossy nimble noble northern olive patient plain polar proud quick quiet rapid rosy round
royal rusty salty sandy scarlet sharp silent silver simple sleepy slim small smooth snowy solar
solid spare steady stout strong sunny swift tidy tiny vivid warm wild wise witty young
""")

NOUNS = words("""
acorn anchor antler apple arrow badger barley basin beacon beaver birch bison bottle branch bridge
brook button cabin candle canyon castle cherry cliff clover comet compass cricket crow daisy delta
desert dolphin dragon drum eagle falcon fern fiddle finch forest fountain fox garden glacier goose
granite grove hammer harbor hawk heron hill horizon island jacket juniper kettle kite ladder
lagoon lantern lark laurel lemon lizard lobster maple marsh meadow mill mirror moose mountain
needle nest oak ocean orchard otter owl paddle panther pebble pepper pigeon pine planet pond
poplar puffin quarry rabbit raven reef ribbon river robin rocket saddle salmon seal shadow shore
sparrow spruce squirrel stone stork storm summit swallow swan thistle thunder tiger trout tulip
turtle valley violet walnut walrus whale willow window winter wolf wren
""")

GIVEN = words("""
Ada Alba Alan Anja Arne Beata Bela Bram Carla Cora Dag Dora Edda Emil Enzo Erik Fay Finn Flora Gil
Greta Hana Hugo Ida Ines Iris Ivo Jana Jens José Kaja Karl Lars Lea Lena Leo Lina Liv Luca Mads
Maja Malin Marta Max Mila Milan Mira Nadia Nils Nina Noor Ola Olga Oskar Otto Pavel Per Petra Pia
Renate Rosa Ruth Sami Sara Selma Signe Sonja Stella Sven Tara Theo Tilda Tom Ulla Uma Vera Viggo
Wanda Yara Zoë
""")

FAMILY = words("""
Abel Adler Ahlberg Amsel Arnaud Bauer Becker Bell Berg Bloom Brandt Castro Clay Costa Dahl Dale
Engel Falk Ferro Field Fischer Ford Frost Gaard Garza Glass Grau Hale Hart Holm Horn Hoss Ibsen
Ito Jung Kaplan Kay Keller Kern Kim Klein Koch Kovac Lang Lind Lopez Lund Marsh Meyer Mori Moss
Nagy Noll Novak Okafor Olsen Park Petit Pohl Quist Ray Reed Ricci Roth Ruiz Sand Sato Silva Stern
Storm Tanaka Toth Vance Vogel Voss Wald Ward Weber West Wolff Young Zeller
""")

PROJECTS = words("""
api app archive assets backend blog board bot bridge builder cache chat client cli cloud config
console core course dashboard data demo deploy docs dotfiles editor engine examples exercises feed
forms frontend game generator graph grid helper homepage indexer keyboard kit labs launcher layout
lib loader maps market menu metrics mobile monitor notes parser photos player plugin portal proxy
queue reader recipes resume router runner sandbox scheduler schema scripts search server shop site
sketch slides starter stats store stream studio sync tasks templates tests theme timer toolbox
tools tracker tutorial utils viewer visualizer watch web widget wiki workbench workshop
""")

LANGUAGES = words("""
JavaScript JavaScript JavaScript Java Java Python Python Ruby Ruby PHP PHP CSS HTML C C++ C# Go
Shell Objective-C Perl Scala Haskell Clojure Rust R Swift CoffeeScript VimL Lua TypeScript
""")

BRANCHES = words("""
master master master master master master develop dev gh-pages release/next staging feature/login
feature/search fix/crash fix/typo testing wip
""")

EXTENSIONS = ("js", "py", "rb", "java", "c", "cpp", "go", "css", "html", "md", "php", "json", "xml")

ORGANISATION_TAILS = ("labs", "works", "org", "team", "hq", "project", "io", "soft", "group")


class Actor(NamedTuple):
    """A user or an organisation: its number on GitHub, its login, and which of the two it is."""

    id: int
    login: str
    kind: str


class Repository(NamedTuple):
    """A repository: its number, its owner, its own name, and the full name `owner/name`."""

    id: int
    owner: Actor
    name: str
    full_name: str


def actor(number: int) -> Actor:
    """Return the user of a number.

    >>> actor(3).kind
    'User'
    """
    # One in four starts with a family's name: logins are of all kinds and lengths.
    starts = ADJECTIVES if number & 3 else FAMILY
    rest, first = divmod(number * 61 + 7, len(starts))
    rest, second = divmod(rest, len(NOUNS))
    joint = "-" if number % 5 == 1 else ""
    return Actor(2_041 + number * 7, f"{starts[first]}{joint}{NOUNS[second]}{rest or ''}", "User")


def organisation(number: int) -> Actor:
    """Return the organisation of a number.

    >>> organisation(3).kind
    'Organization'
    """
    rest, first = divmod(number * 53 + 11, len(NOUNS))
    tail = ORGANISATION_TAILS[number % len(ORGANISATION_TAILS)]
    return Actor(2_040 + number * 7, f"{NOUNS[first]}{tail}{rest or ''}", "Organization")


def repository(owner: Actor, number: int, nth: int = 0) -> Repository:
    """Return an owner's nth repository; `number` is a number that no other owner has.

    >>> repository(actor(3), 3).full_name == f"{actor(3).login}/{repository(actor(3), 3).name}"
    True
    """
    seat = number * 31 + nth * 17
    name = PROJECTS[seat % len(PROJECTS)]
    if seat % 3:
        name = f"{NOUNS[seat // 7 % len(NOUNS)]}-{name}"
    return Repository(5_003 + number * 8 + nth, owner, name, f"{owner.login}/{name}")


def person(number: int) -> tuple[str, str]:
    """Return the name and the e-mail address that an author of commits signs with.

    >>> "@" in person(5)[1]
    True
    """
    rest, first = divmod(number * 37 + 5, len(GIVEN))
    rest, second = divmod(rest, len(FAMILY))
    given, family = GIVEN[first], FAMILY[second]
    host = NOUNS[rest % len(NOUNS)]
    ending = ("example.com", "example.org", "example.net")[number % 3]
    local = given.encode("ascii", "ignore").decode().lower()
    return f"{given} {family}", f"{local}.{family.lower()}{rest or ''}@{host}.{ending}"
