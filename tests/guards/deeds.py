"""What becomes of a deed, read from the source: is whoever does it asked, and is what is written recorded.

A small walk over the syntax trees of the project. It follows calls into the project's own functions, one
path at a time, and knows three things of a path: whether the gate has let it through (on every way to here),
whether something was written before that, and whether something written has not been recorded yet.

It errs on the side of silence in one place: a record in an ``if`` counts for a write in another one, since
both often ask the same question. Calls of what it cannot resolve (a parameter, a method of an object from
elsewhere) it passes over.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.guards.tree import Source

GATES = {
    "isp.access.gate.require",
    "isp.access.gate.require_in_organisation",
    "isp.access.gate.decide",
}
"""What raises unless the actor may. All other gates (``queries.allowed``, a door) are found to call these."""

CARRIES_A_DECISION = {"Decision", "Opened", "Staged", "grounds"}
"""A parameter of this type, or of this name where the gate is above: its caller has been allowed."""

UNIT_WRITES = {"insert", "change"}
KEY_WRITES = {"create", "create_many", "ensure", "rewrap", "rewrap_roots"}
SESSION_WRITES = {"add", "add_all", "merge", "delete"}
STATEMENTS = {"insert", "update", "delete"}
"""SQLAlchemy's own: whoever names one is taken to put together and execute a statement."""


@dataclass(frozen=True)
class State:
    """What is known on the way to one line."""

    gated: bool = False
    dirty: bool = False


@dataclass
class Findings:
    """What was found in one function, as its callers and the guard need it."""

    gates: bool = False
    early: str | None = None
    """The first write that the gate had not let through: where it stands."""
    leaves_dirty: str | None = None
    """A way out with something written and not recorded: where."""
    cleans: bool = False
    writes: bool = False


Function = ast.FunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
NOTHING = Findings()


@dataclass
class Module:
    """One file: its functions (methods as ``Class.method``), and what its names were imported as."""

    name: str
    path: str
    functions: dict[str, Function] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)


class Project:
    """All functions of the project by dotted name.

    ``unasked`` and ``untold``: functions that need not ask the gate, or record what they write.
    """

    def __init__(
        self, sources: Iterable[Source], unasked: Container[str] = (), untold: Container[str] = ()
    ) -> None:
        self.unasked, self.untold = unasked, untold
        self.modules = {source.module: _module(source) for source in sources}
        self._known: dict[str, Findings] = {}

    def functions(self) -> Iterator[tuple[str, Module, Function]]:
        """Every function and method with its dotted name."""
        for module in self.modules.values():
            for name, node in module.functions.items():
                yield f"{module.name}.{name}", module, node

    def findings(self, dotted: str) -> Findings:
        """What one function does. A circle of calls ends where it meets itself."""
        if dotted not in self._known:
            self._known[dotted] = NOTHING
            found = self.find(dotted)
            if found is not None:
                self._known[dotted] = made = Walk(self, *found).findings()
                made.early = None if dotted in self.unasked else made.early
                made.leaves_dirty = None if dotted in self.untold else made.leaves_dirty
        return self._known[dotted]

    def find(self, dotted: str) -> tuple[Module, str, Function] | None:
        """The function of this name, through whatever re-exports it."""
        for _ in range(10):
            owner, name = self._split(dotted)
            if owner is None:
                return None
            if name in owner.functions:
                return owner, name, owner.functions[name]
            if f"{name}.__init__" in owner.functions:
                return owner, name, owner.functions[f"{name}.__init__"]
            head, _, rest = name.partition(".")
            if head not in owner.imported:
                return None
            dotted = ".".join(part for part in (owner.imported[head], rest) if part)
        return None

    def _split(self, dotted: str) -> tuple[Module | None, str]:
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            module = self.modules.get(".".join(parts[:length]))
            if module is not None:
                return module, ".".join(parts[length:])
        return None, ""


def _module(source: Source) -> Module:
    made = Module(source.module, source.path.as_posix())
    tree = source.tree
    for node in tree.body:
        if isinstance(node, Function):
            made.functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Function):
                    made.functions[f"{node.name}.{inner.name}"] = inner
    for part in ast.walk(tree):
        if isinstance(part, ast.Import):
            for alias in part.names:
                made.imported[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(part, ast.ImportFrom):
            for alias in part.names:
                made.imported[alias.asname or alias.name] = f"{_base(source, part)}.{alias.name}"
    return made


def _base(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    start = source.package.split(".")
    return ".".join([*start[: len(start) - node.level + 1], *([node.module] if node.module else [])])


def chain(node: ast.expr) -> list[str]:
    """``a.b.c`` as its names; what stands before (a call, an index) as an empty one."""
    if isinstance(node, ast.Attribute):
        return [*chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else [""]


def is_given_a_decision(function: Function) -> bool:
    """Whether somebody who calls this must hold a decision of the gate, or grounds made of one."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    named = {argument.arg for argument in arguments}
    for argument in arguments:
        if argument.annotation is not None:
            named |= {each for node in ast.walk(argument.annotation) for each in _names(node)}
    return bool(named & CARRIES_A_DECISION)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr


class Walk:
    """One function, walked twice: as met clean, and as met with something not recorded yet."""

    def __init__(self, project: Project, module: Module, name: str, function: Function) -> None:
        self.project, self.module, self.name, self.function = project, module, name, function
        self.found = Findings()
        self.exits: list[tuple[State, int]] = []

    def findings(self) -> Findings:
        clean = self._exits(State())
        self.found.gates = bool(clean) and all(state.gated for state, _ in clean)
        self.found.leaves_dirty = next((self._at(line) for state, line in clean if state.dirty), None)
        self.found.cleans = any(not state.dirty for state, _ in self._exits(State(dirty=True)))
        return self.found

    def _exits(self, start: State) -> list[tuple[State, int]]:
        self.exits = []
        end = self._block(self.function.body, start)
        if end is not None:
            self.exits.append((end, self.function.body[-1].lineno))
        return self.exits

    def _at(self, line: int) -> str:
        return f"{self.module.path}:{line}"

    # -- statements: the state after, or None where nothing comes after ---------------------------------

    def _block(self, body: Sequence[ast.stmt], state: State | None) -> State | None:
        for statement in body:
            if state is None:
                return None
            state = self._statement(statement, state)
        return state

    def _statement(self, node: ast.stmt, state: State) -> State | None:
        after = getattr(self, f"_{type(node).__name__.lower()}", None)
        if after is not None:
            found: State | None = after(node, state)
            return found
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                state = self._expression(part, state)
        return state

    def _return(self, node: ast.Return, state: State) -> None:
        self.exits.append((self._expression(node.value, state), node.lineno))

    def _raise(self, node: ast.Raise, state: State) -> None:
        self._expression(node.exc, state)

    def _if(self, node: ast.If, state: State) -> State | None:
        state = self._expression(node.test, state)
        return join(state, [self._block(node.body, state), self._block(node.orelse, state)])

    def _for(self, node: ast.For, state: State) -> State | None:
        state = self._expression(node.iter, state)
        return join(state, [state, self._block(node.body, state), self._block(node.orelse, state)])

    def _while(self, node: ast.While, state: State) -> State | None:
        state = self._expression(node.test, state)
        return join(state, [state, self._block(node.body, state)])

    def _with(self, node: ast.With, state: State) -> State | None:
        for item in node.items:
            state = self._expression(item.context_expr, state)
        return self._block(node.body, state)

    def _try(self, node: ast.Try, state: State) -> State | None:
        done = self._block(node.orelse, self._block(node.body, state))
        # After an exception nothing of the body counts: it rolled back, or what it asked for was refused.
        ways = [done, *(self._block(handler.body, state) for handler in node.handlers)]
        return self._block(node.finalbody, join(state, ways))

    def _match(self, node: ast.Match, state: State) -> State | None:
        state = self._expression(node.subject, state)
        ways = [self._block(case.body, state) for case in node.cases]
        whole = any(isinstance(case.pattern, ast.MatchAs) and not case.guard for case in node.cases)
        return join(state, ways if whole else [state, *ways])

    def _functiondef(self, node: ast.FunctionDef, state: State) -> State:
        """A function within: as if it might be called here; its ways out are not ours."""
        return self._aside(node.body, state)

    def _classdef(self, node: ast.ClassDef, state: State) -> State:
        return state

    def _aside(self, body: Sequence[ast.stmt], state: State) -> State:
        kept, self.exits = self.exits, []
        end = self._block(body, state)
        ways = [end, *(found for found, _ in self.exits)]
        self.exits = kept
        return join(state, [state, *ways]) or state

    # -- expressions, in the order in which they are evaluated ------------------------------------------

    def _expression(self, node: ast.expr | None, state: State) -> State:
        if node is None:
            return state
        if isinstance(node, ast.Attribute | ast.Name) and self._states(chain(node)):
            return self._written(node, state)
        after = getattr(self, f"_{type(node).__name__.lower()}", None)
        if after is not None:
            found: State = after(node, state)
            return found
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                state = self._expression(child, state)
        return state

    def _boolop(self, node: ast.BoolOp, state: State) -> State:
        state = self._expression(node.values[0], state)
        for value in node.values[1:]:
            state = self._perhaps(value, state)
        return state

    def _ifexp(self, node: ast.IfExp, state: State) -> State:
        state = self._expression(node.test, state)
        ways = [self._expression(node.body, state), self._expression(node.orelse, state)]
        return join(state, list(ways)) or state

    def _lambda(self, node: ast.Lambda, state: State) -> State:
        return self._perhaps(node.body, state)

    def _listcomp(self, node: Comprehension, state: State) -> State:
        state = self._expression(node.generators[0].iter, state)
        inner = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in [*inner, *(test for each in node.generators for test in each.ifs)]:
            state = self._perhaps(part, state)
        return state

    _setcomp = _dictcomp = _generatorexp = _listcomp

    def _perhaps(self, node: ast.expr, state: State) -> State:
        return join(state, [state, self._expression(node, state)]) or state

    def _call(self, node: ast.Call, state: State) -> State:
        for part in [node.func, *node.args, *(keyword.value for keyword in node.keywords)]:
            state = self._expression(part, state)
        names = chain(node.func)
        if names[-1] == "record" and names[-2:-1] == ["unit"]:
            return replace(state, dirty=False)
        if self._writes(names):
            return self._written(node, state)
        dotted = self._resolve(names)
        if dotted is None:
            return state
        if dotted in GATES:
            return replace(state, gated=True)
        found = self.project.findings(dotted)
        self.found.writes |= found.writes
        if found.early and not state.gated:
            self.found.early = self.found.early or self._at(node.lineno)
        dirty = bool(found.leaves_dirty) or (state.dirty and not found.cleans)
        return State(gated=state.gated or found.gates, dirty=dirty)

    def _writes(self, names: list[str]) -> bool:
        before, last = names[-2] if len(names) > 1 else "", names[-1]
        return (
            (before == "unit" and last in UNIT_WRITES)
            or (before == "keys" and last in KEY_WRITES)
            or (before == "session" and last in SESSION_WRITES)
        )

    def _states(self, names: list[str]) -> bool:
        """Whether this is the maker of a statement that writes, called here or given another name."""
        return names[-1] in STATEMENTS and self.module.imported.get(names[0], "").startswith("sqlalchemy.")

    def _written(self, node: ast.expr, state: State) -> State:
        self.found.writes = True
        if not state.gated:
            self.found.early = self.found.early or self._at(node.lineno)
        return replace(state, dirty=True)

    def _resolve(self, names: list[str]) -> str | None:
        """The function of ours that a call is of, or None."""
        head, *rest = names
        if head == "self" and len(rest) == 1 and "." in self.name:
            return f"{self.module.name}.{self.name.partition('.')[0]}.{rest[0]}"
        if head in self.module.imported:
            dotted = ".".join([self.module.imported[head], *rest])
            return dotted if dotted in GATES else self._found(dotted)
        if not rest:
            return self._found(f"{self.module.name}.{head}")
        # A method of an object made here: by its name, where one class of this file alone has it.
        owners = [name for name in self.module.functions if name.partition(".")[2] == rest[-1]]
        return f"{self.module.name}.{owners[0]}" if len(owners) == 1 else None

    def _found(self, dotted: str) -> str | None:
        found = self.project.find(dotted)
        return f"{found[0].name}.{found[1]}" if found else None


def join(before: State, ways: Sequence[State | None]) -> State | None:
    """What holds after several ways from ``before``: gated on all; dirty on any, unless one came clean."""
    going = [way for way in ways if way is not None]
    if not going:
        return None
    came_clean = before.dirty and any(not way.dirty for way in going)
    return State(
        gated=all(way.gated for way in going), dirty=not came_clean and any(way.dirty for way in going)
    )
