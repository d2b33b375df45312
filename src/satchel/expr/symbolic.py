"""Symbolic execution: what each step of bytecode does to expressions in place of values."""

from __future__ import annotations

from typing import Any

from satchel.expr import moments, patterns
from satchel.expr.capture import (
    Held,
    Missing,
    attribute_named,
    cell_named,
    collection,
    global_named,
    immutable,
)
from satchel.expr.changes import extend, merge, store, tupled, unpack, update
from satchel.expr.formats import percent
from satchel.expr.frame import (
    CLEARED,
    FOLLOWED,
    NULL,
    Bound,
    Cell,
    Cut,
    Frame,
    Fresh,
    Made,
    Turns,
    TypeOf,
    Value,
    Yielded,
)
from satchel.expr.handling import Caught, matches
from satchel.expr.identity import identity, of_type
from satchel.expr.nodes import (
    NONE,
    Node,
    bound,
    concat,
    const,
    format_,
    getitem,
    if_,
    is_dict,
    may_be_list,
    not_,
    record,
    truth,
    unproved,
)
from satchel.expr.opcodes import ENDS_LOOP, Step
from satchel.expr.vocabulary import BINARY, COMPARE, METHODS

_CLOSURE = 8
"""The flag of a function's cells where it is made."""


class Cells(tuple[Cell, ...]):
    """What a function that is made closes over."""

    __slots__ = ()


class Execution(Frame):
    """One function being executed; each `do_` method is one kind of step."""

    # Operands.

    def push(self, value: Value) -> None:
        self.state.stack.append(value)

    def pop(self) -> Value:
        return self.state.stack.pop()

    def pops(self, count: int) -> list[Value]:
        stack = self.state.stack
        values = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        return values

    def node(self, value: Value) -> Node:
        """A value as an expression, or a refusal."""
        if isinstance(value, Fresh):
            value = self.state.locals[value.name]
        if isinstance(value, Node):
            return value
        if isinstance(value, Held):
            problem = immutable(value.value)
            if problem is None:
                return const(value.value, self.here())
            self.refuse(f"uses {problem} as a value")
        if isinstance(value, Bound):
            self.refuse(f"uses the method .{value.name} as a value")
        if isinstance(value, Made):
            self.refuse("defines a function")
        if isinstance(value, Turns | Yielded):
            self.refuse("uses an iterator as a value")
        if isinstance(value, moments.Moment | moments.Parser):
            self.refuse("uses a time as a value")
        if isinstance(value, TypeOf):
            self.refuse("uses a type as a value")
        if isinstance(value, Caught):
            self.refuse("uses an exception as a value")
        if isinstance(value, patterns.Matched | patterns.Method):
            self.refuse("uses a match of a regular expression as a value")
        raise self.refusal("uses a value that depends on the way taken")

    def kept(self, value: Value) -> Node:
        """A value that becomes part of another one."""
        return self.node(self.settled(value, self.state))

    def made_anew(self, content: Node, kind: str | None = None) -> Fresh:
        """A list or dict that is made here."""
        made = Fresh(f"*{self.fresh}", kind or content.op)
        self.fresh += 1
        self.state.locals[made.name] = content
        return made

    def change(self, made: Fresh, content: Node) -> None:
        """What a list or dict of the function's own holds from now on."""
        if made.name in self.shared:
            self.refuse("changes a list or dict that is part of another value")
        self.state.locals[made.name] = content

    def asked(self, value: Value) -> Node:
        """A value of which only the truth is asked, or whether it is None."""
        return value.node if isinstance(value, patterns.Matched) else self.node(value)

    def container(self, value: Value) -> Node:
        """The left side of a subscript, `in` or `.get`: there a collection may be captured."""
        if isinstance(value, Held) and type(value.value) in (list, dict, set):
            problem = collection(value.value)
            if problem is not None:
                self.refuse(f"looks into a captured collection that holds {problem}")
            self.note("mutable", self.here())
            return const(type(value.value)(value.value), self.here())
        if isinstance(value, Held) and type(value.value) is range:
            # What is in a range is what equals one of its ints.
            return const(tuple(value.value), self.here())
        node = self.node(value)
        if node.op in ("list", "dict") and all(arg.op == "const" for arg in node.args):
            data = [arg.data for arg in node.args]
            if node.op == "list":
                return const(data, node.where)
            if not node.can_raise:
                return const(dict(zip(data[::2], data[1::2], strict=True)), node.where)
        return node

    # Steps.

    def step(self, step: Step) -> None:
        if step.kind in ("branch", "jump"):
            self.leave(step)
            return
        if step.kind == "return":
            self.block.result = self.node(self.pop())
            return
        if step.kind == "for_iter":
            self.call(self, self.block, [], {})
            return
        if step.kind == "send":
            self.refuse("loops")
        getattr(self, f"do_{step.kind}")(step.value)

    def leave(self, step: Step) -> None:
        assert step.target is not None
        target = self.starts[step.target]
        if step.kind == "jump":
            self.lead(target, self.state)
            return
        test, popped = step.value
        value = self.pop()
        holds = self.tested(value, test)
        taken, other = self.state.copy(), self.state
        if not popped:
            taken.stack.append(value)
        following = self.following()
        if isinstance(holds, bool):
            if holds:
                self.lead(target, taken)
            else:
                self.lead(following, other)
            return
        self.block.condition = holds
        self.lead(target, taken)
        self.lead(following, other)

    def tested(self, value: Value, test: str) -> Node | bool:
        """The condition of a branch, or its answer where that is known already."""
        if isinstance(value, Held):
            if test in ("none", "not_none"):
                return (value.value is None) == (test == "none")
            if immutable(value.value) is None:
                return bool(value.value) == (test == "true")
        node = self.asked(value)
        if test in ("none", "not_none"):
            node = Node("is", (node, NONE), None, self.here())
        if node.op == "const":
            return bool(node.data) == (test == "true")
        return not_(node, self.here()) if test in ("false", "not_none") else node

    def do_nop(self, _: None) -> None:
        """Nothing; but a jump may lead here."""

    def do_const(self, value: Any) -> None:
        self.push(Held(value))

    def do_load(self, name: str) -> None:
        if name in self.state.locals:
            value = self.state.locals[name]
            if isinstance(value, Node) and value in self.unsure:
                self.log(value)
            self.push(value)
        else:
            self.push(self.emit(unproved(f"{name} has no value yet", self.here())))

    def do_store(self, name: str) -> None:
        value = self.pop()
        if isinstance(value, Made | Turns | Yielded):
            self.refuse("keeps a function or an iterator in a name")
        if value is CLEARED:
            self.state.locals.pop(name, None)
        else:
            self.state.locals[name] = value

    def do_delete(self, name: str) -> None:
        self.do_load(name)
        self.pop()
        self.state.locals.pop(name, None)

    def do_global(self, name: str) -> None:
        try:
            self.push(Held(global_named(self.function, name)))
        except Missing as missing:
            self.refuse(str(missing))

    def do_deref(self, name: str) -> None:
        if name in self.code.co_cellvars:
            self.do_load(name)
            return
        try:
            self.push(Held(cell_named(self.function, name)))
        except Missing as missing:
            self.refuse(str(missing))

    def do_null(self, _: None) -> None:
        self.push(NULL)

    def do_pop(self, _: None) -> None:
        self.pop()

    def do_copy(self, count: int) -> None:
        self.push(self.state.stack[-count])

    def do_swap(self, count: int) -> None:
        stack = self.state.stack
        stack[-1], stack[-count] = stack[-count], stack[-1]

    def do_binary(self, symbol: str) -> None:
        right, left = self.pop(), self.pop()
        if symbol == "%" and isinstance(left, Held) and type(left.value) is str:
            self.push(percent(self, left.value, self.settled(right, self.state)))
        else:
            two, one = self.node(right), self.node(left)
            self.push(self.binary(symbol, one, two))

    def do_inplace(self, symbol: str) -> None:
        right, left = self.pop(), self.pop()
        if isinstance(left, Fresh) and symbol == "+" and extend(self, left, right):
            self.push(left)
        elif isinstance(left, Fresh) and left.kind == "dict" and symbol == "|":
            self.push(merge(self, left, right, "|="))
        else:
            self.push(self.inplace(symbol, self.node(left), self.node(right)))

    def inplace(self, symbol: str, one: Node, two: Node) -> Node:
        """`one += two`: what it adds up to, unless it changes a list."""
        if symbol == "|":
            self.refuse("changes a dict with |=")
        if one.op == "list":
            self.refuse(f"changes a list with {symbol}=")
        if symbol == "+" and may_be_list(one) and may_be_list(two):
            where = self.here()
            listed = Node("call", (two,), "isinstance:list", where)
            two = if_(listed, unproved("may change a list in place", where), two, where)
            self.log(two)
        return self.binary(symbol, one, two)

    def binary(self, symbol: str, one: Node, two: Node) -> Node:
        if symbol == "|" and (is_dict(one) or is_dict(two)):
            return self.emit(Node("merge", (one, two), "|", self.here()))
        if symbol not in BINARY:
            self.refuse(f"uses the operator {symbol}")
        if symbol == "%" and one.op == "const" and type(one.data) is str:
            self.refuse("formats with %")
        return self.emit(Node(BINARY[symbol], (one, two), None, self.here()))

    def do_unary(self, symbol: str) -> None:
        operand = self.pop()
        if symbol == "not":
            self.push(not_(self.asked(operand), self.here()))
            return
        value = self.node(operand)
        if symbol == "~":
            self.refuse("uses the operator ~")
        else:
            op = "neg" if symbol == "-" else "pos"
            self.push(self.emit(Node(op, (value,), None, self.here())))

    def do_truth(self, _: None) -> None:
        value = self.pop()
        known = isinstance(value, Held) and immutable(value.value) is None
        self.push(Held(bool(value.value)) if known else truth(self.asked(value), self.here()))

    def do_compare(self, symbol: str) -> None:
        right, left = self.pop(), self.pop()
        if symbol in ("==", "!=") and (same := of_type(self, left, right, symbol == "!=")):
            self.push(same)
            return
        two, one = self.node(right), self.node(left)
        self.push(self.emit(Node(COMPARE[symbol], (one, two), None, self.here())))

    def do_contains(self, negated: bool) -> None:
        container, key = self.container(self.pop()), self.node(self.pop())
        found = self.emit(Node("contains", (container, key), None, self.here()))
        self.push(not_(found, self.here()) if negated else found)

    def do_is(self, negated: bool) -> None:
        two, one = self.pop(), self.pop()
        self.push(identity(self, one, two, negated))

    def do_subscript(self, _: None) -> None:
        key, value = self.pop(), self.pop()
        if isinstance(value, patterns.Matched):
            self.push(patterns.item(self, value, key))
            return
        if isinstance(key, Held) and type(key.value) is slice:
            cut = key.value
            key = Cut((const(cut.start), const(cut.stop), const(cut.step)))
        if isinstance(key, Cut):
            node = Node("slice", (self.container(value), *key.parts), None, self.here())
        else:
            node = getitem(self.container(value), self.node(key), self.here())
        self.push(self.emit(node))

    def do_slice(self, _: None) -> None:
        value, start, stop = self.pops(3)
        parts = self.container(value), self.node(start), self.node(stop), NONE
        self.push(self.emit(Node("slice", parts, None, self.here())))

    def do_build_slice(self, count: int) -> None:
        start, stop, *step = map(self.node, self.pops(count))
        self.push(Cut((start, stop, step[0] if step else NONE)))

    def do_build_tuple(self, count: int) -> None:
        values = self.pops(count)
        if values and all(isinstance(value, Cell) for value in values):
            self.push(Cells(values))
        elif all(isinstance(value, Held) for value in values):
            self.push(Held(tuple(value.value for value in values)))
        else:
            self.push(Node("tuple", tuple(map(self.kept, values)), None, self.here()))

    def do_build_list(self, count: int) -> None:
        items = tuple(map(self.kept, self.pops(count)))
        self.push(self.made_anew(Node("list", items, None, self.here())))

    def do_extend(self, depth: int) -> None:
        self.push(unpack(self, depth, *self.pops(2)))

    def do_to_tuple(self, _: None) -> None:
        self.push(tupled(self, self.pop()))

    def do_update(self, depth: int) -> None:
        self.push(update(self, depth, *self.pops(2)))

    def do_build_map(self, count: int) -> None:
        items = tuple(map(self.kept, self.pops(2 * count)))
        self.push(self.made_anew(self.emit(Node("dict", items, None, self.here()))))

    def do_build_keys(self, count: int) -> None:
        keys = self.pop().value
        values = map(self.kept, self.pops(count))
        pairs = zip((self.node(Held(key)) for key in keys), values, strict=True)
        items = tuple(part for pair in pairs for part in pair)
        self.push(self.made_anew(self.emit(Node("dict", items, None, self.here()))))

    def do_build_string(self, count: int) -> None:
        parts = self.pops(count)
        if all(isinstance(part, Held) for part in parts):
            self.push(Held("".join(part.value for part in parts)))
        else:
            self.push(self.emit(concat(map(self.node, parts), self.here())))

    def do_convert(self, letter: str) -> None:
        self.push(self.emit(format_(self.node(self.pop()), letter, "", self.here())))

    def do_format(self, form: tuple[str, bool]) -> None:
        letter, has_spec = form
        spec = self.pop() if has_spec else Held("")
        if not isinstance(spec, Held) or type(spec.value) is not str:
            self.refuse("computes a format specification")
        value = self.pop()
        if isinstance(value, Held) and type(value.value) is str and not spec.value + letter:
            self.push(value)
        else:
            self.push(self.emit(format_(self.node(value), letter, spec.value, self.here())))

    def do_unpack(self, count: int) -> None:
        value = self.pop()
        if isinstance(value, Held) and type(value.value) is tuple and len(value.value) == count:
            items: list[Value] = [Held(item) for item in value.value]
        else:
            items = list(self.unpacked(self.node(value), count))
        self.state.stack.extend(reversed(items))

    def unpacked(self, value: Node, count: int) -> tuple[Node, ...]:
        if value.op == "tuple" and len(value.args) == count:
            return value.args
        # The items of a dict, its keys, do not stand by position.
        here = self.here()
        length = self.emit(Node("call", (value,), "len", here))
        other = unproved(f"unpacks other than {count} values", here, "ValueError")
        keys = Node("call", (value,), "isinstance:dict", here)
        fits = Node("eq", (length, const(count)), None, here)
        self.log(if_(keys, unproved("unpacks a dict", here), if_(fits, NONE, other)))
        indices = (const(index) for index in range(count))
        return tuple(self.emit(Node("getitem", (value, i), None, self.here())) for i in indices)

    def do_attribute(self, name: str) -> None:
        value = self.pop()
        if isinstance(value, moments.Moment):
            self.push(moments.attribute(self, value, name))
            return
        if isinstance(value, TypeOf) and name == "__name__":
            self.push(Node("call", (value.node,), "type", self.here()))
            return
        if isinstance(value, Held) and (parser := moments.parser(value.value, name)):
            self.push(parser)
            return
        if isinstance(value, Held) and (method := patterns.method_of(value.value, name)):
            self.push(method)
            return
        if not isinstance(value, Held):
            self.refuse(f"reads attribute .{name}")
        try:
            self.push(Held(attribute_named(value.value, name)))
        except Missing as missing:
            self.refuse(str(missing))

    def do_method(self, name: str) -> None:
        value = self.pop()
        known = name in METHODS or name == "get"
        if isinstance(value, Fresh) and value.kind == "list" and name in ("append", "extend"):
            known = True
        if name == "format" and isinstance(value, Held) and type(value.value) is str:
            known = True
        if isinstance(value, moments.Moment) and name in moments.METHODS:
            known = True
        if isinstance(value, patterns.Matched):
            known = name in patterns.METHODS
        if isinstance(value, Held) and type(value.value) not in (str, dict):
            self.push(value)
            self.do_attribute(name)
        elif known:
            self.look_up(value, name)
            self.push(Bound(value, name))
        else:
            self.refuse(f"calls .{name}(), which is not in the vocabulary")
        self.push(NULL)

    def look_up(self, value: Value, name: str) -> None:
        """Log that a value is asked for a method, which happens before arguments are evaluated."""
        if isinstance(value, Node | Fresh) and name in (*METHODS, "get"):
            self.emit(bound(self.node(value), name, self.here()))

    def do_call(self, value: tuple[int, tuple[str, ...]]) -> None:
        count, names = value
        args = self.pops(count)
        pair = [each for each in self.pops(2) if each is not NULL]
        if len(pair) == 2 and isinstance(pair[0], Made):
            args = [pair.pop(), *args]
        if len(pair) != 1:
            self.refuse("calls something that is not known")
        split_at = len(args) - len(names)
        keywords = dict(zip(names, args[split_at:], strict=True))
        self.push(self.call(self, pair[0], args[:split_at], keywords))

    def do_other(self, value: tuple[Any, Any, str]) -> None:
        if value[2] == ENDS_LOOP:
            self.pops(value[0])
            return
        if value[2] == "builds a list in a loop" and isinstance(self.state.stack[-2], Fresh):
            item = self.pop()
            self.call(self, Bound(self.state.stack[-1], "append"), [item], {})
            return
        if value[2] != "stores into an item":
            self.refuse(value[2])
        key, made, stored = self.pop(), self.pop(), self.pop()
        store(self, made, key, stored)

    def do_cell(self, name: str) -> None:
        """A name that a function inside captures: a plain one until that is made."""

    def do_store_deref(self, name: str) -> None:
        if name not in self.code.co_cellvars:
            self.refuse(f"stores into {name!r}, which is captured")
        self.do_store(name)

    def do_closure(self, name: str) -> None:
        if name in self.state.locals:
            self.push(Cell(self.settled(self.state.locals[name], self.state)))
        elif name in self.code.co_cellvars:
            self.refuse(f"captures {name!r}, which has no value yet")
        else:
            self.do_deref(name)
            self.push(Cell(self.pop()))

    def do_make_function(self, closes: bool) -> None:
        code = self.pop()
        cells = self.pop() if closes else Cells(())
        if not isinstance(cells, Cells):
            self.refuse("defines a function")
        self.push(self.made(code, [cell.value for cell in cells]))

    def do_close_over(self, flag: int) -> None:
        made, cells = self.pop(), self.pop()
        if flag != _CLOSURE or not isinstance(cells, Cells):
            self.refuse("defines a function")
        names = made.code.co_freevars
        values = (cell.value for cell in cells)
        self.push(Made(made.code, dict(zip(names, values, strict=True))))

    def made(self, code: Value, values: list[Value]) -> Made:
        """A function that is made here: a comprehension's or a lambda, used at once."""
        if not isinstance(code, Held) or code.value.co_name not in FOLLOWED:
            self.refuse("defines a function")
        return Made(code.value, dict(zip(code.value.co_freevars, values, strict=False)))

    def iterated(self, value: Value) -> Node:
        """What is iterated over; a record is nearly always a dict, and those are Python's."""
        items = value.items if isinstance(value, Yielded) else self.container(value)
        if items == record():
            self.refuse("iterates over the record")
        return items

    def do_turns(self, _: None) -> None:
        value = self.pop()
        items = self.iterated(value)
        if self.block.handler is not None:
            self.emit(Node("call", (items,), "iter", self.here()))
        self.push(Turns(items, value.name if isinstance(value, Fresh) else None))

    def do_push_exc(self, _: None) -> None:
        caught = self.pop()
        self.push(Held(None))
        self.push(caught)

    def do_check_exc(self, _: None) -> None:
        kinds = self.pop()
        self.push(matches(self, self.state.stack[-1], kinds))

    def do_pop_exc(self, _: None) -> None:
        self.pop()

    def do_load_and_clear(self, name: str) -> None:
        self.push(self.state.locals.pop(name, CLEARED))

    def do_inner(self, steps: list[Step]) -> None:
        over = self.pop()
        if over is NULL:
            over = self.pop()
        self.push(self.call(self, self.written_here(steps), [over], {}))

    def written_here(self, steps: list[Step]) -> Made:
        """A comprehension that is written into this function."""
        used = {step.value for step in steps if step.kind == "load"}
        known = {
            name: self.settled(value, self.state) if name in used else value
            for name, value in self.state.locals.items()
        }
        return Made(self.code, known, steps)

    def do_round(self, steps: list[Step]) -> None:
        over = self.pop()
        if over is NULL:
            over = self.pop()
        items = self.pop()
        if not isinstance(items, Fresh) or self.node(items).args:
            self.refuse("loops")
        self.push(self.call(self, self.written_here(steps), [over], {}))
