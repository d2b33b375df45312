"""What people write: commit messages, titles, bodies and diffs, already escaped for JSON.

The words are ordinary ones; nothing is taken from the archive. Fragments are
made once an hour and put together for each event, because drawing every word
anew would cost more than all the rest of an event.

>>> import json, random
>>> prose = Prose(random.Random(1))
>>> type(json.loads(f'"{prose.message()}"'))
<class 'str'>
"""

from __future__ import annotations

import random

from satchel.gharchive.names import EXTENSIONS, NOUNS, PROJECTS, words

VERBS = words("""
add adjust allow avoid build bump change check clean close compare correct cover create delete
detect disable document drop enable export extend extract find finish fix handle hide ignore
import improve include inline keep limit link load log mark merge migrate move open parse pass
patch prepare prevent print publish raise read refactor reload remove rename render replace reset
restore return revert rewrite round save send set show simplify skip sort speed split start stop
store support switch test tidy tighten trim tune unify update upgrade use validate wait warn wrap
write
""")

THINGS = words("""
account address alias alignment animation argument array attribute background banner batch border
branch browser buffer button cache callback canvas chapter class cleanup client clock code
collection color column command comment commit compiler condition config connection constant
container content controller cookie copy counter cursor database date default definition
dependency description dialog directory document domain driver element encoding endpoint entry
error event example exception expression feature field file filter flag folder font footer form
format frame function gallery group handler header height history icon image import index input
instance interface item job key keyboard label language layout level library license limit line
link list locale lock login loop macro margin member memory menu message method migration module
mouse name network node note number object offset option order output package padding page panel
parameter parser password path pattern permission picture pipeline pixel player plugin pointer
port position post prefix preview process profile progress project prompt property protocol query
queue range record redirect reference region release report request resource response result retry
role route row rule sample schema screen script scroll search section selector sensor sequence
server service session setting shader shape sidebar signal size slider snapshot socket source
stack state statement status step storage stream string style submodule suffix summary switch
symbol syntax table tag target task template terminal test text theme thread thumbnail time
timeout timestamp title token toolbar tooltip topic trace transaction translation tree type unit
update upload user value variable vector vendor version video view warning whitespace widget width
window worker wrapper zone
""")

GLUE = words("""
a after again all also and any are as at be because before but by can could does even every for
from has have here how if in instead into is it its just like maybe might more most must need
never new not now of on once one only or other our out over rather really same see should since so
some still such than that the their then there these they this those though to too two under until
up was we were what when where which while who why will with without would you your
""")

ENDINGS = (
    ". ",
    ". ",
    ". ",
    ", ",
    "; ",
    "? ",
    ": ",
    r".\r\n",
    r".\r\n\r\n",
    r"\r\n\r\n",
    r"\r\n- ",
    r"\r\n* ",
    r"!\r\n",
    r"\r\n    ",
    r".\n",
    r"\n\n",
)

# Rare in life as here: accents, other scripts, emoji outside the first plane.
FOREIGN = (
    "voilà, c'est réparé",
    "größer und schöner",
    "добавил проверку",
    "修正表示的错误",
    "設定を更新",
    "corrección del menú",
    "déjà vu…",
    "works now 🎉",
    "→ see below",
    "naïve façade",
)

# The archive of 2015 escapes hardly anything; these forms are legal and rare.
ESCAPED = (
    r"caf\u00e9 menu",
    r"done \ud83d\ude80",
    r"colour \u001b[0m reset",
    r"a\u2028b",
    r"1\/2 done",
)


class Prose:
    """The texts of one hour, drawn from one random source.

    `amount` multiplies the length of bodies: later years write more.
    """

    def __init__(self, rng: random.Random, amount: float = 1.0, fragments: int = 2_500) -> None:
        self.rng = rng
        self.random = rng.random
        self.amount = amount
        self.titles = [self._title() for _ in range(fragments)]
        self.clauses = [self._clause() for _ in range(fragments * 2)]
        self.identifiers = [self._identifier() for _ in range(fragments)]

    def title(self) -> str:
        """Return one short line, as in a title or the first line of a commit."""
        random = self.random
        titles = self.titles
        text = titles[int(random() * len(titles))]
        chance = random()
        if chance < 0.25:
            return f"{text} {self.identifiers[int(random() * len(self.identifiers))]}"
        if chance < 0.45:
            return f"{text} (#{int(random() * 4_000)})"
        if chance < 0.465:
            return f'{text} \\"{self.identifiers[int(random() * len(self.identifiers))]}\\"'
        if chance < 0.480:
            return f"{text} {FOREIGN[int(random() * len(FOREIGN))]}"
        if chance < 0.4805:
            return f"{text} {ESCAPED[int(random() * len(ESCAPED))]}"
        return text

    def message(self) -> str:
        """Return a commit message: a line, in a quarter of them followed by a paragraph."""
        chance = self.random()
        if chance < 0.76:
            return self.title()
        if chance < 0.80:
            return self.title() + r"\n"
        return (
            self.title()
            + r"\n\n"
            + self.text(int(40 + self.random() ** 4 * 560)).replace(r"\r\n", r"\n")
        )

    def body(self, median: float) -> str:
        """Return a body with a long tail: half are under `median` characters, some far over it."""
        length = self.rng.lognormvariate(0.0, 1.15) * median * self.amount
        return self.text(min(int(length), 18_000))

    def text(self, length: int) -> str:
        """Return sentences of at least `length` characters, escaped for JSON."""
        random, clauses, identifiers = self.random, self.clauses, self.identifiers
        parts: list[str] = []
        written = 0
        while written < length:
            clause = clauses[int(random() * len(clauses))]
            chance = random()
            if chance < 0.18:
                clause = f"{clause} `{identifiers[int(chance * 40_000) % len(identifiers)]}`"
            elif chance < 0.20:
                word = identifiers[int(random() * len(identifiers))]
                clause = f"{clause} https://{word}.example.org/{int(random() * 1e7):x}"
            elif chance < 0.25:
                clause = f'{clause} \\"{clauses[int(random() * len(clauses))]}\\"'
            elif chance < 0.253:
                clause = f"{clause} {FOREIGN[int(random() * len(FOREIGN))]}"
            parts.append(clause)
            parts.append(ENDINGS[int(random() * len(ENDINGS))])
            written += len(clause) + 3
        return "".join(parts[:-1])

    def diff(self) -> str:
        """Return a hunk of a diff, its lines led by a blank, a plus or a minus."""
        random, identifiers = self.random, self.identifiers
        many = len(identifiers)
        start = int(random() * 900) + 1
        lines = [f"@@ -{start},{int(random() * 30) + 3} +{start},{int(random() * 40) + 3} @@"]
        for _ in range(4 + int(random() ** 3 * 75)):
            mark = " +-+"[int(random() * 4)]
            left, right = identifiers[int(random() * many)], identifiers[int(random() * many)]
            indent = ("    ", "    ", "        ", r"\t")[int(random() * 4)]
            form = random()
            if form < 0.5:
                lines.append(f"{mark}{indent}{left} = {right}({int(random() * 99)});")
            elif form < 0.8:
                lines.append(f"{mark}{indent}// {self.clauses[int(random() * len(self.clauses))]}")
            elif form < 0.9:
                lines.append(f'{mark}{indent}print(\\"{left}\\", {right})')
            else:
                lines.append(mark)
        return r"\n".join(lines)

    def path(self) -> str:
        """Return the path of a source file."""
        random = self.random
        folder = PROJECTS[int(random() * len(PROJECTS))]
        word = self.identifiers[int(random() * len(self.identifiers))]
        return f"src/{folder}/{word}.{EXTENSIONS[int(random() * len(EXTENSIONS))]}"

    def _title(self) -> str:
        pick = self.rng.choice
        line = f"{pick(VERBS)} {pick(('the ', '', '', 'a '))}{pick(THINGS)} {pick(THINGS)}"
        if self.random() < 0.5:
            line += f" {pick(('for', 'in', 'of', 'on', 'to', 'with', 'when'))} {pick(THINGS)}"
        if self.random() < 0.15:
            line += f" {self.rng.randrange(10_000)}"
        return line if self.random() < 0.4 else line[0].upper() + line[1:]

    def _clause(self) -> str:
        pick = self.rng.choice
        words = [
            pick(pick((VERBS, THINGS, GLUE, GLUE, THINGS)))
            for _ in range(self.rng.randrange(3, 12))
        ]
        return " ".join(words)

    def _identifier(self) -> str:
        pick = self.rng.choice
        form = self.random()
        if form < 0.3:
            return f"{pick(VERBS)}_{pick(THINGS)}"
        if form < 0.6:
            return f"{pick(VERBS)}{pick(THINGS).title()}{pick(NOUNS).title()}"
        if form < 0.8:
            return f"{pick(THINGS)}{self.rng.randrange(1_000)}"
        return f"{self.rng.getrandbits(32):x}"
