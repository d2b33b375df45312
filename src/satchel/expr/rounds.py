"""The loop of a comprehension, as the steps of one round.

```text
      load .0
head: for_iter end                      a round starts with the element on the stack
      ...                               a jump to the head leaves the element out: ()
      list_append | yield -> head       takes a value: (value,)
end:  return
```

So a round is a function without loops, of the element, whose result is a tuple of no value or of
one. A generator's loop stands in a code object of its own; so does a list comprehension's in
CPython 3.11, while later releases write it into the function (PEP 709):

```text
      get_iter, load_and_clear x, swap, build_list 0, swap
head: for_iter end  ...  list_append -> head
end:  end_for, swap, store x
```

From 3.15 on, get_iter stands right before the head, and leaves the place of an index as well.
"""

from __future__ import annotations

from satchel.expr.opcodes import ENDS_LOOP, Step


def a_round(listing: list[Step], index: int) -> list[Step] | None:
    """The steps of one round of the loop whose head is there; None where it is another loop."""
    head = listing[index]
    end = head.target
    if end is None:
        return None
    result: list[Step] = []
    for place, step in enumerate(listing[index + 1 :], index + 1):
        if step.unit >= end:
            return None
        if step.kind == "for_iter":
            # Another clause: the round takes what all rounds of the loop inside do.
            inner = a_round(listing, place)
            if inner is None or not _goes_on(listing, step, head):
                return None
            result += [Step("inner", inner, step.unit), Step("return", None, step.unit)]
            break
        if step.kind == "other" and step.value[2] in _TAKING:
            result += [Step("build_tuple", 1, step.unit), Step("return", None, step.unit)]
            break
        if step.target == head.unit:
            step = step._replace(target=end)
        result.append(step)
    last = result[-1].unit
    for step in result:
        if step.target is not None and not (step.unit < step.target <= last or step.target == end):
            return None
    return [*result, Step("build_tuple", 0, end), Step("return", None, end)]


def _goes_on(listing: list[Step], inner: Step, head: Step) -> bool:
    """Whether behind the loop inside the next round begins."""
    for step in listing:
        ends = step.kind == "pop" or (step.kind == "other" and step.value[2] == ENDS_LOOP)
        if step.unit >= (inner.target or 0) and not ends:
            return step.kind == "jump" and step.target == head.unit
    return False


def inlined(listing: list[Step]) -> list[Step]:
    """Steps in which each list comprehension that is written into them is one, a `round`."""
    index = len(listing) - 1
    while index > 1:
        step, first = listing[index], index
        if listing[index - 1].kind == "null":
            first -= 2
        before = listing[max(first - 2, 0) : first]
        starts = [(each.kind, each.value) for each in before] == [("build_list", 0), ("swap", 2)]
        steps = a_round(listing, index) if step.kind == "for_iter" and starts else None
        if steps is not None:
            end = next(at for at, each in enumerate(listing) if each.unit >= (step.target or 0))
            # What ends a loop takes the iterator off the stack: `round` has done so.
            after = end + 1
            while listing[after].kind == "pop":
                after += 1
            listing = [*listing[:index], Step("round", steps, step.unit), *listing[after:]]
        index -= 1
    return listing


_TAKING = ("builds a list in a loop", "yields")
