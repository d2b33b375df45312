"""The faults: a small change of the product each, and what it breaks.

They are of the kind that is made by hand and survives a review: a sign, a bound, a case left out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One small change of one file.

    Attributes:
        name: what breaks, in a few words.
        file: from the root of the repository.
        text: what stands there, exactly once.
        instead: what is put in its place.
    """

    name: str
    file: str
    text: str
    instead: str

    @property
    def is_rust(self) -> bool:
        return self.file.endswith(".rs")


EXPR, PLAN, RUN = "src/satchel/expr/", "src/satchel/plan/", "src/satchel/run/"
EVAL, KERNEL, SCAN = "crates/kernel/src/eval/", "crates/kernel/src/", "crates/scan/src/"

LOWERING = (
    Fault(
        "`not` of a condition keeps the branches as they were", EXPR + "nodes.py",
        "condition, yes, no = _untested(condition.args[0]), no, yes",
        "condition, yes, no = _untested(condition.args[0]), yes, no",
    ),
    Fault(
        "what is evaluated and not used is lost", EXPR + "order.py",
        "if not effect.can_raise or done(effect) or effect in earlier:",
        "if not effect.can_raise or done(effect) or effect not in earlier:",
    ),
    Fault("`<=` is `<`", EXPR + "vocabulary.py", '"<=": "le"', '"<=": "lt"'),
    Fault(
        "operator.is_not is `is`", EXPR + "vocabulary.py",
        '("is_not", "is_not", 2)', '("is_not", "is", 2)',
    ),
    Fault(
        "split(sep=...) cuts once", EXPR + "calls.py",
        'named.get("maxsplit", Held(-1))', 'named.get("maxsplit", Held(1))',
    ),
    Fault(
        "isoweekday counts from Monday as 0", EXPR + "moments.py",
        'moment.part(frame, "weekday"), const(1)', 'moment.part(frame, "weekday"), const(0)',
    ),
    Fault(
        "%-5s pads on the wrong side", EXPR + "formats.py",
        'side = "" if not width else "<" if "-" in flags else ">"',
        'side = "" if not width else ">" if "-" in flags else "<"',
    ),
    Fault(
        "a handler takes only the very type that it names", EXPR + "handling.py",
        "if issubclass(getattr(builtins, kind), wanted))", "if getattr(builtins, kind) in wanted)",
    ),
    Fault(
        "IGNORECASE knows one case", EXPR + "patterns.py",
        "yield _letter(ord(chr(code).swapcase()))", "yield _letter(code)",
    ),
    Fault(
        "a value is a bool where one of its ways is", EXPR + "nodes.py",
        "return depth > 0 and all(is_boolean(way", "return depth > 0 and any(is_boolean(way",
    ),
)  # fmt: skip

STAGING = (
    Fault(
        "remove keeps what filter keeps", PLAN + "stages.py",
        'native.append(("filter" if isinstance(step, Filter) else "remove", lowered.node))',
        'native.append(("filter", lowered.node))',
    ),
    Fault(
        "a mapped value counts as evaluated where one branch does it", PLAN + "stages.py",
        'todo.extend(node.args[:1] if node.op in ("if", "each", "loop") else node.args)',
        "todo.extend(node.args)",
    ),
    Fault(
        "pluck forgets its default", PLAN + "stages.py",
        "(element, n.const(key), n.const(default))", "(element, n.const(key), n.NONE)",
    ),
    Fault(
        "fold combines from the right", PLAN + "sinks.py",
        "combine = lower(step.combine or step.binop, (ACC, OTHER))",
        "combine = lower(step.combine or step.binop, (OTHER, ACC))",
    ),
    Fault(
        "foldby's combine is its step", PLAN + "sinks.py",
        "combine = lower(step.binop if step.combine is None else step.combine, (ACC, OTHER))",
        "combine = lower(step.binop, (ACC, OTHER))",
    ),
    Fault(
        "frequencies(sort) turns ties around", RUN + "reduce.py",
        "sorted(pairs, key=lambda pair: pair[1], reverse=True) if sort",
        "sorted(pairs, key=lambda pair: pair[1])[::-1] if sort",
    ),
    Fault(
        "partitions of Python's come after the kernel's", RUN + "merge.py",
        "entries.sort(key=lambda entry: entry[0])", "entries.sort(key=lambda entry: entry[0][1])",
    ),
    Fault(
        "split_every is one more in the kernel's tree", RUN + "merge.py",
        "0 if split_every is False else split_every", "0 if split_every is False else split_every + 1",
    ),
    Fault(
        "a lookup with a default does not mind an index", RUN + "getter.py",
        "except (KeyError, IndexError):", "except KeyError:",
    ),
    Fault(
        "remove in Python keeps None", RUN + "chain.py",
        "elif bool(function(element)) is not wanted:", "elif function(element) is (not wanted):",
    ),
)  # fmt: skip

EVALUATION = (
    Fault("// truncates", EVAL + "number.rs", "        quotient - 1\n", "        quotient\n"),
    Fault("% has the sign of the dividend", EVAL + "number.rs", "rest + right\n", "rest\n"),
    Fault(
        "/ of large ints is rounded twice", EVAL + "number.rs",
        "const EXACT: u64 = 1 << 53;", "const EXACT: u64 = 1 << 62;",
    ),
    Fault(
        "round() of a half goes away from zero", EVAL + "number.rs",
        "truncated(value.round_ties_even())", "truncated(value.round())",
    ),
    Fault(
        "an int is compared with a float as a float", EVAL + "compare.rs",
        "let by_whole = int.cmp(&(whole as i64));",
        "let by_whole = (int as f64).partial_cmp(&whole)?;",
    ),
    Fault(
        "strip knows fewer spaces", EVAL + "strings.rs",
        "matches!(byte, b'\\t'..=b'\\r' | 0x1c..=0x1f | b' ')",
        "matches!(byte, b'\\t'..=b'\\r' | b' ')",
    ),
    Fault(
        "find counts bytes", EVAL + "strings.rs",
        ".map(|offset| length(&text[..offset]) as i64);", ".map(|offset| offset as i64);",
    ),
    Fault(
        "title() goes on after a digit", EVAL + "strings.rs",
        "inside = letter.is_ascii_alphabetic();", "inside = letter.is_ascii_alphanumeric();",
    ),
    Fault(
        "a float has an exponent one digit later", EVAL + "convert.rs",
        "if (-4..16).contains(&exponent) {", "if (-4..17).contains(&exponent) {",
    ),
    Fault(
        "the last of equals is the least", EVAL + "loops.rs",
        "if compare::compare(better, &item, &best)? {", "if !compare::compare(better, &best, &item)? {",
    ),
    Fault(
        "the first of duplicate keys wins in a dict that is decoded", EVAL + "raw.rs",
        "            Some((_, last)) => *last = value,\n", "            Some(_) => {}\n",
    ),
)  # fmt: skip

MERGING = (
    Fault(
        "topk turns ties around", KERNEL + "sink/top.rs",
        ".then(left_seen.cmp(right_seen))", ".then(right_seen.cmp(left_seen))",
    ),
    Fault(
        "min and max keep the last of equals", KERNEL + "sink/extreme.rs",
        "if order == self.better {", "if order == self.better || order == Ordering::Equal {",
    ),
    Fault(
        "a fold wraps at 64 bits", KERNEL + "sink/fold.rs",
        "Shape::Add(_) => match acc.checked_add(operand) {",
        "Shape::Add(_) => match Some(acc.wrapping_add(operand)) {",
    ),
    Fault(
        "combine gets its arguments the other way around", KERNEL + "merge/groups.rs",
        "(Some(acc), Some(other)) => self.combine(&acc, &other)?,",
        "(Some(acc), Some(other)) => self.combine(&other, &acc)?,",
    ),
    Fault(
        "an empty partition takes part in a reduction", KERNEL + "merge/values.rs",
        "*node = Some(partial).filter(|partial| !is_empty(partial));", "*node = Some(partial);",
    ),
    Fault(
        "1.0 is another key than 1", KERNEL + "group.rs",
        "Some(int) => mix(int as u64),", "Some(int) => mix(!(int as u64)),",
    ),
)  # fmt: skip

SCANNING = (
    Fault(
        "the first of duplicate keys wins", SCAN + "follow.rs",
        "if found & bit != 0 {", "if found & bit == u64::MAX {",
    ),
    Fault(
        "1E5 is an int", SCAN + "follow.rs",
        "b'.' | b'e' | b'E' => kind = Kind::Float,", "b'.' | b'e' => kind = Kind::Float,\n                        b'E' => {}",
    ),
    Fault("\\f is a newline", SCAN + "text.rs", "b'f' => '\\u{c}',", "b'f' => '\\u{a}',"),
    Fault(
        "a list is no longer than the element asked for", SCAN + "follow.rs",
        "if wanted.peek().is_none() && !node.counted {", "if wanted.peek().is_none() {",
    ),
    Fault(
        "a surrogate pair is another character", SCAN + "text.rs",
        "0x10000 + ((high - 0xd800) << 10)", "0x20000 + ((high - 0xd800) << 10)",
    ),
    Fault(
        "an escaped key is read as it stands", SCAN + "follow.rs",
        "if self.has_escaped_key && self.key(quote).contains(&b'\\\\') {",
        "if self.has_escaped_key && self.key(quote).is_empty() {",
    ),
)  # fmt: skip

FAULTS = (*LOWERING, *STAGING, *EVALUATION, *MERGING, *SCANNING)
