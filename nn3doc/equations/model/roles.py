"""Which part a statement plays: it defines, claims, assumes, updates, gives an example, declares.

A statement's part is decided by its form and by the words in front of it, in the same sentence. The
words are in `WORDS`, the parts in `ROLES`; both are data, and the page for authors shows them. What
is nothing else is a claim, and a claim is checked.

A word has one of three reaches. `let` holds to the end of its sentence, or to the next word of the
table. `with` holds for the formulas that stand directly behind it, with at most a few words between:
"with a small $\\epsilon > 0$". `then` turns both off.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nn3doc.equations.notation import FILLED, IDENTITIES, NUMBERS, plain_number
from nn3doc.equations.tex import (
    Bars,
    BigOperator,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    same,
)
from nn3doc.equations.text import Region

Role = Literal[
    "definition", "claim", "assumption", "update", "example value", "declaration", "mention"
]
Mode = Literal["", "introduces", "restricts", "concludes"]


@dataclass(frozen=True)
class Word:
    """A word that says what part the formulas behind it play.

    Attributes:
        text: The word, or several with a blank between.
        mode: What it makes of them: `introduces` (something new holds from here on), `restricts`
            (something new holds in this sentence; for a new symbol from here on), `concludes`.
        far: Whether it reaches to the end of its sentence, past other words.
    """

    text: str
    mode: Mode
    far: bool


def _words(mode: Mode, far: bool, *texts: str) -> tuple[Word, ...]:
    return tuple(Word(text, mode, far) for text in texts)


WORDS: tuple[Word, ...] = (
    *_words(
        "introduces",
        True,
        "let",
        "assume",
        "assume that",
        "assuming",
        "assuming that",
        "suppose",
        "suppose that",
        "such that",
        "set",
        "define",
        "be",
        "denote",
    ),
    *_words("introduces", False, "with", "where", "given", "put", "choose", "take"),
    *_words("restricts", False, "for", "for all", "if", "when", "whenever", "on"),
    *_words(
        "concludes",
        True,
        "then",
        "so",
        "so that",
        "hence",
        "thus",
        "therefore",
        "we have",
        "we get",
        "get",
        "gives",
        "give",
        "follows",
        "obtain",
        "yields",
        "implies",
        "because",
        "since",
        "means",
        "shows",
        "that is",
        "that",
        "must be",
        "in fact",
        "note that",
        "clearly",
    ),
)


@dataclass(frozen=True)
class RoleRow:
    """One row of the table for authors."""

    role: Role
    form: str
    words: str
    scope: str


ROLES: tuple[RoleRow, ...] = (
    RoleRow(
        "definition",
        r"`x = …`, `x_i = …`, `f(x) = …` where nothing gives the left side a value so far",
        r"any; for a symbol that was declared with `\in` in the text, any but *then*, *so*, *hence* …",
        "from where it stands to the end of the page, and pages that build on it; behind *where* "
        "and *with* in the whole sentence",
    ),
    RoleRow(
        "definition",
        r"`x := …`, also where the left side is a constant such as `e`",
        "any",
        "the same",
    ),
    RoleRow(
        "claim",
        r"every other relation: `\pi = 3`, `e^x = 1 + x`, `\log h = x`, `a + b = b + a`, `x^2 \ge 0`",
        "any",
        "checked where it stands",
    ),
    RoleRow(
        "assumption",
        r"`x > 0`, `x \ge a`, `0 < p < 1`, `a \ne b`, `Q = Q^T`, `Q^T Q = I`, `Q \succ 0`, "
        r"`\sum_k p_k = 1`, a length that is 1, `A v = \lambda v`, of a symbol that nothing defines",
        "*let*, *assume*, *suppose*, *such that*, *with*, *where*, *given*; with no word only where "
        "the symbol is new",
        "from where it stands to the end of the page",
    ),
    RoleRow(
        "assumption",
        "the same",
        "*for*, *for all*, *if*, *when*, *whenever*",
        "the sentence; where the symbol is new, the page",
    ),
    RoleRow(
        "update",
        r"`w \leftarrow …`; `w := …` and `w = …` where w stands on the right as well",
        "for `=` any but *then*, *so*, *hence* …",
        "compared with the other updates of the page",
    ),
    RoleRow(
        "example value",
        "`a = 2`, a symbol that nothing defines and numbers",
        "any",
        "from where it stands, until other numbers are given",
    ),
    RoleRow(
        "example value",
        "`z = 0`, a symbol that is defined, where the page gives no numbers to work it out from",
        "*let*, *with*, *where*, *for*, *if* …; behind other words it is a claim",
        "the sentence",
    ),
    RoleRow(
        "declaration",
        r"`x \in \mathbb{R}^n`, `f \colon A \to B`, `l = 1, \dots, L`, a row of the notation table",
        "any",
        "the page, and pages that build on it",
    ),
    RoleRow("mention", "a symbol or an expression without a relation", "any", "none"),
)


def roles_table() -> str:
    """`ROLES` in Markdown, for the page for authors."""
    rows = [f"| {row.role} | {row.form} | {row.words} | {row.scope} |" for row in ROLES]
    return "\n".join(
        ["| Part | Form | Words in front | Where it holds |", "| --- " * 4 + "|", *rows]
    )


def words_table() -> str:
    """`WORDS` in Markdown."""
    said = {
        ("introduces", True): "what follows is new, to the end of the sentence",
        ("introduces", False): "what stands directly behind is new",
        ("restricts", False): "what stands directly behind holds in this sentence; a new symbol: "
        "from here on",
        ("concludes", True): "what follows is claimed, to the end of the sentence",
    }
    rows = []
    for (mode, far), meaning in said.items():
        words = ", ".join(dict.fromkeys(w.text for w in WORDS if (w.mode, w.far) == (mode, far)))
        rows.append(f"| {words} | {meaning} |")
    return "\n".join(["| Words | What they say |", "| --- | --- |", *rows])


# --- words ----------------------------------------------------------------------------------------

_BY_TEXT = {word.text: word for word in WORDS}
_LONGEST = max(word.text.count(" ") for word in WORDS) + 1
_NEAR = 4  # words between "with" and its formula: "with a small positive number $x > 0$"
_BETWEEN = 2  # words between a comma and the next formula of a list: "and a number $x > 0$"
_JOINS = frozenset(["and", "or"])
_INLINE, _DISPLAY = "\x01", "\x02"
_TOKEN = re.compile(r"\x01+[.,]?|\x02+[.,]?|[A-Za-z]+(?:'[a-z]+)?|[,;:.!?()—–]")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|etc|vs|resp|approx|no|fig|eq|sec)\Z", re.IGNORECASE)
_LONGEST_ABBREVIATION = 8
_NOT_BLANK = re.compile(r"\S")
_ENDS = re.compile(r"[.!?][)\]*_\"']*(?=\s|\Z)")
_LINE_START = re.compile(r"^[ \t>]*(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\||<|!!!|\?\?\?)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t>]*\n\s*")
_IN_FORMULA = re.compile(
    r"\\(?:text|mbox|textrm|textit|textbf)\s*\{(?P<words>[^{}]*)\}"
    r"|\\(?P<arrow>implies|Rightarrow|Longrightarrow|therefore|iff|Leftrightarrow)\b"
    r"|\\(?P<all>forall)\b"
)


_GENERAL = re.compile(
    r"\b(?:all|any|every|each|always|everywhere|arbitrary)\b|\\forall", re.IGNORECASE
)


@dataclass(frozen=True)
class Words:
    """What the words in front of a formula make of it.

    Attributes:
        mode: What they make of it.
        place: Which word of the sentence decides; formulas in a list have one in common.
        trailing: Whether it stands behind a formula, `$|x| = x$ for $x > 0$`, and speaks of that.
    """

    mode: Mode = ""
    place: int = 0
    trailing: bool = False


class Prose:
    """A page's text with its formulas masked, for the words in front of each.

    Args:
        text: The page.
        regions: All its regions: formulas are masked, code and comments are blank.
    """

    def __init__(self, text: str, regions: Sequence[Region]) -> None:
        masked = list(text)
        for region in regions:
            length = region.end - region.start
            if region.kind in ("inline", "display"):
                mark = _INLINE if region.kind == "inline" else _DISPLAY
                last = region.body.rstrip()[-1:]
                piece = mark * (length - 1) + (last if last in (".", ",") and last else mark)
            else:
                piece = re.sub(r"[^\n]", " ", text[region.start : region.end])
            masked[region.start : region.end] = piece
        self._text = text
        self._masked = "".join(masked)
        self._starts = sorted({0, *_boundaries(self._masked)})
        self._sections = [0, *(match.start() for match in _HEADING.finditer(self._masked))]

    def sentence(self, offset: int) -> int:
        """Where the sentence starts that an offset stands in."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def section(self, offset: int) -> int:
        """Where the section starts that an offset stands in: at its heading."""
        return self._sections[bisect_right(self._sections, offset) - 1]

    def words(self, region: Region, before: int) -> Words:
        """What the words in front of a statement make of it.

        Args:
            region: The formula it stands in.
            before: Offset of the statement in the formula.
        """
        start = self.sentence(region.start)
        own = " ".join(_own_words(region.body[:before]))
        main = region.kind == "display" or self._is_last(region)
        return read_words(f"{self._masked[start : region.start]} {own}", main and not own)

    def is_general(self, region: Region) -> bool:
        """Whether the sentence of a formula speaks of all values: "for every $a$", `\\forall`."""
        place = bisect_right(self._starts, region.start)
        end = self._starts[place] if place < len(self._starts) else len(self._masked)
        words = self._masked[self._starts[place - 1] : end]
        return bool(_GENERAL.search(f"{words} {region.body}"))

    def _is_last(self, region: Region) -> bool:
        """Whether nothing follows a formula in its sentence."""
        place = bisect_right(self._starts, region.start)
        end = self._starts[place] if place < len(self._starts) else len(self._masked)
        return not re.search(r"[\w\x01\x02]", self._masked[region.end : end])


def _own_words(tex: str) -> list[str]:
    """The words inside a formula; what stands between them counts as a formula."""
    pieces: list[str] = []
    done = 0
    for match in _IN_FORMULA.finditer(tex):
        if re.sub(r"\\quad|[\s,&]", "", tex[done : match.start()]):
            pieces.append(_INLINE)
        pieces.append(match["words"] or ("for all" if match["all"] else "then"))
        done = match.end()
    rest = tex[done:].strip()
    if re.sub(r"\\begin\{[^}]*\}|\\label\{[^}]*\}|[\s&({]|\\left", "", rest):
        pieces.append(_INLINE + ",")  # statements of one formula are a list
    return pieces


def read_words(words: str, main: bool = False) -> Words:
    """What the words of a sentence, up to a formula, make of that formula.

    Args:
        words: The words; each formula among them is a mark.
        main: Whether the formula is a display or the last one of its sentence: behind "For x, y,"
            it is then what is said of x and y, not one more of them.
    """
    tokens = _TOKEN.findall(words)
    mode: Mode = ""
    strong: Mode = ""  # what "let" or "then" has made of the whole sentence
    far = True
    gap, joined, seen = 0, True, False
    position = place = 0
    trailing = False
    while position < len(tokens):
        token = tokens[position]
        found, length = _longest(tokens, position)
        if found is not None:
            mode, far = found.mode, found.far
            strong = found.mode if found.far else strong
            place = position
            trailing = position > 0 and tokens[position - 1][0] in (_INLINE, _DISPLAY)
            gap, joined, seen = 0, True, False
        elif token[0] in (_INLINE, _DISPLAY):
            seen, joined, gap = True, token.endswith(","), 0
        elif token == "," or token.lower() in _JOINS:
            joined, gap = True, 0
        elif token in (";", ":", "—", "–"):
            if seen or not far:
                mode = strong = "" if token == ":" or strong == "introduces" else strong
                far = True
        elif token[0].isalpha() and not far:
            gap += 1
            if gap > (_BETWEEN if seen else _NEAR) or (seen and not joined):
                mode, far = strong, True
        position += length
    if main and not far and tokens[-1].endswith(","):
        mode = strong
    return Words(mode, place, trailing)


def _longest(tokens: list[str], position: int) -> tuple[Word | None, int]:
    for length in range(_LONGEST, 0, -1):
        text = " ".join(tokens[position : position + length]).lower()
        if text in _BY_TEXT:
            return _BY_TEXT[text], length
    return None, 1


def _next(masked: str, offset: int) -> str:
    """The next character that is no blank; "" at the end."""
    found = _NOT_BLANK.search(masked, offset)
    return found[0] if found else ""


def _boundaries(masked: str) -> list[int]:
    """Where sentences start: behind a full stop, at a heading, an item or a row, in a paragraph."""
    found: list[int] = []
    for match in _ENDS.finditer(masked):
        window = max(0, match.start() - _LONGEST_ABBREVIATION)
        if match[0][0] == "." and _ABBREVIATION.search(masked, window, match.start()):
            continue
        following = _next(masked, match.end())
        if not following.islower():
            found.append(match.end())
    found += [match.start() for match in _LINE_START.finditer(masked)]
    found += [masked.find("\n", match.end()) + 1 for match in _HEADING.finditer(masked)]
    for match in _BLANK.finditer(masked):
        start, end = match.span()
        while start and masked[start - 1].isspace():
            start -= 1
        before, following = masked[start - 1 : start], masked[end : end + 1]
        goes_on = following.islower() or (following == _DISPLAY and before != _DISPLAY)
        if not goes_on:
            found.append(match.end())
    return found


# --- forms ----------------------------------------------------------------------------------------


def is_constant(node: Node) -> bool:
    """Whether a left side is built on a letter that means the same everywhere: e, π, I, δ_ij."""
    base = node.base if isinstance(node, Scripted) else node
    if not isinstance(base, Name):
        return False
    if base.letter == r"\delta":  # δ alone is nothing; with two indices it is Kronecker's
        return isinstance(node, Scripted) and not node.marks and _count(node.sub) == 2
    if base.letter in NUMBERS and isinstance(node, Scripted) and node.sub:
        return False  # e_1 is a vector of somebody's
    return base.letter in NUMBERS or base.letter in IDENTITIES or base.letter in FILLED


def may_redefine(node: Node, operator: str, mode: Mode) -> bool:
    """Whether a statement gives a constant another meaning: `e := …`, "let $e = \\cos c$"."""
    return operator == ":=" or (isinstance(node, Name) and mode == "introduces")


def _count(sub: tuple[Node, ...]) -> int:
    return sum(
        len(item.factors) if isinstance(item, Product) and item.operation == "juxtaposition" else 1
        for item in sub
    )


@dataclass(frozen=True)
class Assumed:
    """What a relation assumes of one symbol.

    Attributes:
        symbol: The symbol.
        kind: `positive`, `symmetric` …; `between` for an interval; `compared` for anything else
            that a drawn value either meets or not.
        low: Lower end of an interval.
        high: Its upper end.
    """

    symbol: Node
    kind: str
    low: float = float("-inf")
    high: float = float("inf")


# Kinds that the draws of a symbol follow, and those of them that make an unknown symbol a number.
DRAWN = frozenset(
    [
        "positive",
        "nonnegative",
        "negative",
        "nonpositive",
        "real",
        "symmetric",
        "orthogonal",
        "unit",
        "positive definite",
        "sums to one -2",
        "sums to one -1",
        "sums to one 0",
        "sums to one 1",
    ]
)
NUMBERS_ONLY = frozenset(["positive", "nonnegative", "negative", "nonpositive", "real", "between"])
SIGNED = {
    "positive": (0.0, float("inf")),
    "nonnegative": (0.0, float("inf")),
    "negative": (float("-inf"), 0.0),
    "nonpositive": (float("-inf"), 0.0),
    "real": (float("-inf"), float("inf")),
}
_OF_ZERO = {
    ">": "positive",
    ">=": "nonnegative",
    "<": "negative",
    "<=": "nonpositive",
    "!=": "real",
}
COMPARISONS = frozenset(["<", ">", "<=", ">=", "!="])
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}


def assumptions(node: Relation) -> list[Assumed]:
    """What a relation assumes if the words in front of it let it; nothing where it has no such form."""
    left, right = node.sides[0], node.sides[-1]
    if node.operators == ("=",):
        found = _structure(left, right)
        return [found] if found is not None else []
    if node.operators in (("succ",), ("succeq",)):
        return [Assumed(left, "positive definite")] if isinstance(left, Name | Scripted) else []
    pairs = [
        _compared(one, operator, other)
        for one, operator, other in zip(node.sides, node.operators, node.sides[1:], strict=False)
    ]
    return [pair for pair in pairs if pair is not None] if None not in pairs else []


def _compared(left: Node, operator: str, right: Node) -> Assumed | None:
    """`x > 0`, `1 \\le x`, `a \\ne b`."""
    if operator not in _TURNED:
        return None
    if not _is_symbol(left):
        left, operator, right = right, _TURNED[operator], left
    if not _is_symbol(left):
        return None
    number = plain_number(right)
    if number is None or (operator == "!=" and number):
        return Assumed(left, "compared")
    if number == 0:
        return Assumed(left, _OF_ZERO[operator])
    low, high = float("-inf"), float("inf")
    return Assumed(left, "between", *((number, high) if operator in (">", ">=") else (low, number)))


def _is_symbol(node: Node) -> bool:
    base = node.base if isinstance(node, Scripted) else node
    if isinstance(node, Scripted) and any(mark.kind == "transpose" for mark in node.marks):
        return False
    return isinstance(base, Name)


def _structure(left: Node, right: Node) -> Assumed | None:
    for one, other in ((left, right), (right, left)):
        if _transposed(other, one):
            return Assumed(one, "symmetric")
    inner = left.base if isinstance(left, Scripted) else left
    one_ = isinstance(right, Number) and float(right.text) == 1
    if isinstance(inner, Bars) and inner.double and one_:
        if isinstance(inner.inner, Name | Scripted):
            return Assumed(inner.inner, "unit")
    if isinstance(left, BigOperator) and left.operator == "sum" and one_:
        if isinstance(left.body, Name | Scripted) and len(left.binders) == 1:
            return Assumed(left.body, "sums to one")
    base = right.base if isinstance(right, Scripted) and not right.marks else right
    if isinstance(base, Name) and base.letter in IDENTITIES and isinstance(left, Product):
        if left.operation == "juxtaposition" and len(left.factors) == 2:
            for one, other in (left.factors, left.factors[::-1]):
                if _transposed(other, one):
                    return Assumed(one, "orthogonal")
    return None


def _transposed(node: Node, base: Node) -> bool:
    return (
        isinstance(node, Scripted)
        and [mark.kind for mark in node.marks] == ["transpose"]
        and not node.sub
        and same(node.base, base)
    )
