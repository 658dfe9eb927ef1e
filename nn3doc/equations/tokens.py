"""Tokens of TeX mathematics, each with its place.

Only known control words pass: an unknown one is refused here, with what is meant to be near it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

MAX_LENGTH = 20_000
MAX_TOKENS = 5_000


class TexError(ValueError):
    """TeX that cannot be read, or that can be read in two ways.

    Attributes:
        start: Offset of the first character that is at fault.
        end: Offset behind the last one.
        cure: What to write instead; "" where the message says it already.
    """

    def __init__(self, message: str, start: int, end: int, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start + 1)
        self.cure = cure


TokenKind = Literal["letter", "number", "command", "char", "text", "row", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is its canonical spelling, `start` and `end` its place."""

    kind: TokenKind
    text: str
    start: int
    end: int


GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu"
    " nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta"
    " Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell imath jmath hbar".split()
)
ACCENTS = frozenset("hat bar tilde vec dot ddot widehat widetilde overline".split())
FONTS = frozenset(
    "mathbb mathcal mathbf boldsymbol bm mathrm mathsf mathit mathfrak mathscr mathtt"
    " operatorname textbf textit textrm".split()
)
FUNCTIONS = frozenset(
    "log ln exp sin cos tan tanh sinh cosh cot arcsin arccos arctan max min det tr diag sign"
    " argmax argmin vec".split()
)
BIG = {"sum": "sum", "prod": "prod"}
RELATIONS = {
    "=": "=", ":=": ":=", "<": "<", ">": ">", "equiv": "=", "triangleq": ":=", "coloneqq": ":=",
    "leftarrow": "<-", "gets": "<-", "in": "in", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=",
    "approx": "~", "simeq": "~", "subset": "subset", "subseteq": "subset", "succ": "succ",
    "succeq": "succeq",
}  # fmt: skip
ELEMENTWISE = frozenset(["odot", "circ"])
DOTS = frozenset("dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi".split())
SPACES = frozenset(
    "quad qquad displaystyle textstyle scriptstyle limits nolimits notag nonumber strut mathstrut"
    " allowbreak nobreak hfill hline noindent thinspace medspace thickspace enspace".split()
)
SKIPPED_WITH_ARGUMENT = frozenset("phantom hphantom vphantom hspace vspace mspace tag".split())
TRANSPARENT = {"textcolor": 1, "colorbox": 1, "class": 1, "cssId": 1, "data": 1, "boxed": 0,
               "bbox": 0, "mathstrut": 0, "smash": 0, "mathopen": 0, "mathclose": 0,
               "mathord": 0, "mathrel": 0, "mathbin": 0, "mathop": 0}  # fmt: skip
SIZES = frozenset("big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm".split())
ARROWS = frozenset(
    "to rightarrow mapsto Rightarrow implies iff Leftrightarrow Longrightarrow longrightarrow"
    " therefore because land lor colon longleftarrow".split()
)
OTHERS = frozenset(
    "frac dfrac tfrac cfrac sqrt partial nabla cdot times div left right middle lVert rVert lvert"
    " rvert Vert vert langle rangle lbrace rbrace lbrack rbrack begin end text mbox label eqref ref"
    " underbrace overbrace underset overset stackrel substack color top intercal prime star ast"
    " infty forall mid pm setminus cup cap emptyset varnothing mathrel stackrel not".split()
)
KNOWN = (
    GREEK | ACCENTS | FONTS | FUNCTIONS | set(BIG) | {r for r in RELATIONS if r.isalpha()}
    | ELEMENTWISE | DOTS | SPACES | SKIPPED_WITH_ARGUMENT | set(TRANSPARENT) | SIZES | ARROWS | OTHERS
)  # fmt: skip
ENVIRONMENTS = frozenset(
    "aligned align align* alignedat split gather gather* gathered equation equation* matrix bmatrix"
    " pmatrix vmatrix Bmatrix smallmatrix cases array multline multline* eqnarray eqnarray*".split()
)

_TOKEN = re.compile(
    r"(?P<space>(?:\s|~|%[^\n]*(?:\n|\Z)|\\[,;:!> ]|\\\n|\{\})+)"
    r"|(?P<row>\\\\\*?(?:\[[^\]\n]*\])?)"
    r"|(?P<command>\\[A-Za-z]+\*?)"
    r"|(?P<escaped>\\[{}|$%&#_])"
    r"|(?P<number>\d+(?:(?:\{,\}|\\,)\d{3})*(?:\.\d+)?|\.\d+)"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<relation>:=)"
    r"|(?P<char>[-+=<>()\[\]{}|,.;:!'/^_&*])"
    r"|(?P<unicode>[−·×∈≤≥≠←⊙∂∇σ∑⊤])"
)
_UNICODE = {
    "−": "-", "·": r"\cdot", "×": r"\times", "∈": r"\in", "≤": r"\le", "≥": r"\ge", "≠": r"\ne",
    "←": r"\leftarrow", "⊙": r"\odot", "∂": r"\partial", "∇": r"\nabla", "σ": r"\sigma",
    "∑": r"\sum", "⊤": r"\top",
}  # fmt: skip
_TEXT = frozenset(["text", "mbox", "textrm", "textit", "textbf"])
_GROUP = re.compile(r"\s*\{")


def tokenize(tex: str) -> list[Token]:
    """The tokens of a formula; the last one has the kind `end`.

    Raises:
        TexError: A character or a control word is not known, a brace of `\\text` is not closed, or
            the formula is longer than `MAX_LENGTH` characters or `MAX_TOKENS` tokens.
    """
    if len(tex) > MAX_LENGTH:
        raise TexError(
            f"this formula has {len(tex):,} characters; at most {MAX_LENGTH:,} are read",
            0,
            1,
            "Split it into several.",
        )
    result: list[Token] = []
    position = 0
    while position < len(tex):
        match = _TOKEN.match(tex, position)
        if match is None:
            raise TexError(
                f"I do not know the character {tex[position]!r} in mathematics",
                position,
                position + 1,
                "Write the TeX command for it.",
            )
        kind, text, end = str(match.lastgroup), match.group(), match.end()
        if kind == "command":
            word = text[1:]
            if word.rstrip("*") in _TEXT and _GROUP.match(tex, end):
                inside, end = _braced(tex, end)
                result.append(Token("text", inside, position, end))
            elif word in SKIPPED_WITH_ARGUMENT or word == "tag*":
                _, end = _braced(tex, end)
            elif word in ("label", "eqref", "ref"):
                inside, end = _braced(tex, end)
                result.append(Token("command", text, position, end))
                result.append(Token("text", inside, position, end))
            elif word in SPACES:
                if word in ("quad", "qquad"):
                    result.append(Token("command", r"\quad", position, end))
            elif word.rstrip("*") in KNOWN:
                result.append(Token("command", "\\" + word.rstrip("*"), position, end))
            else:
                raise _unknown(word, position, end)
        elif kind == "escaped":
            name = {"{": r"\{", "}": r"\}", "|": r"\Vert"}.get(text[1])
            if name is None:
                raise TexError(f"{text} is not mathematics I can read", position, end)
            result.append(Token("command", name, position, end))
        elif kind == "number":
            clean = text.replace("{,}", "").replace("\\,", "")
            result.append(Token("number", clean, position, end))
        elif kind == "unicode":
            word = _UNICODE[text]
            result.append(Token("command" if word[0] == "\\" else "char", word, position, end))
        elif kind == "relation":
            result.append(Token("char", ":=", position, end))
        elif kind == "row":
            result.append(Token("row", "\\\\", position, end))
        elif kind == "letter":
            result.append(Token("letter", text, position, end))
        elif kind == "char":
            result.append(Token("char", text, position, end))
        position = end
    if len(result) > MAX_TOKENS:
        raise TexError(
            f"this formula has {len(result):,} tokens; at most {MAX_TOKENS:,} are read",
            0,
            1,
            "Split it into several.",
        )
    result.append(Token("end", "", len(tex), len(tex)))
    return result


def _braced(tex: str, position: int) -> tuple[str, int]:
    """The text of the braces that follow, and where they end."""
    opening = _GROUP.match(tex, position)
    if opening is None:
        raise TexError(
            "a { is missing here", position, position + 1, "Write the argument in braces."
        )
    depth, place = 1, opening.end()
    while place < len(tex):
        if tex[place] == "\\":
            place += 1
        elif tex[place] in "{}":
            depth += 1 if tex[place] == "{" else -1
            if depth == 0:
                return tex[opening.end() : place], place + 1
        place += 1
    raise TexError("this { is never closed", opening.end() - 1, opening.end(), "Close it with }.")


def _unknown(word: str, start: int, end: int) -> TexError:
    near = difflib.get_close_matches(word, sorted(KNOWN), n=1, cutoff=0.75)
    cure = f"Did you mean \\{near[0]}?" if near else (
        f"For a named function or symbol write \\mathrm{{{word}}}."
    )  # fmt: skip
    return TexError(f"I do not know the control word \\{word}", start, end, cure)
