"""Sums, products and factors: the part of the grammar below a statement (see `tex`).

    sum      = [sign] term (sign term)*
    term     = product (("\\cdot" | "\\odot" | "\\times" | "/") product)*
    product  = factor+                                     juxtaposition
    factor   = atom scripts | call | big operator | derivative
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from nn3doc.equations.tokens import (
    ACCENTS,
    BIG,
    DOTS,
    ELEMENTWISE,
    FONTS,
    FUNCTIONS,
    GREEK,
    RELATIONS,
    SIZES,
    TRANSPARENT,
    TexError,
    Token,
)
from nn3doc.equations.tree import (
    At,
    Bars,
    BigOperator,
    Binder,
    Call,
    Cases,
    Derivative,
    Dots,
    Fraction,
    Group,
    Indicator,
    Inner,
    Mark,
    MarkKind,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    ProductKind,
    Relation,
    Root,
    Scripted,
    Sequence,
    Set,
    Shaped,
    Sum,
    Text,
    Tuple,
    walk,
)

MAX_DEPTH = 40

_OPEN = {"(": ")", "[": "]", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\lbrack": r"\rbrack"}
_BARS = {"|": "|", r"\lvert": r"\rvert", r"\vert": r"\vert", r"\Vert": r"\Vert",
         r"\lVert": r"\rVert"}  # fmt: skip
_SAME_ACCENT = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
_SAME_FONT = {"boldsymbol": "mathbf", "bm": "mathbf", "operatorname": "mathrm",
              "textbf": "mathbf", "textrm": "mathrm", "textit": "mathit"}  # fmt: skip
_OPERATIONS: dict[str, ProductKind] = {
    r"\cdot": "cdot", r"\odot": "odot", r"\circ": "odot", r"\times": "times", "/": "slash"
}  # fmt: skip
_TRANSPOSES = frozenset(["T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}"])
_SIGNS = frozenset(["+", "*", ">", "<", "ge", "geq", "le", "leq", "gt", "lt"])
_MATRICES = frozenset(
    "matrix bmatrix pmatrix vmatrix Bmatrix smallmatrix array cases".split()
)


class FactorParser:
    """A position in a list of tokens, and the productions below a statement."""

    def __init__(
        self, tex: str, tokens: list[Token], names: frozenset[str], functions: frozenset[str]
    ) -> None:
        self.tex = tex
        self.tokens = tokens
        self.names = names
        self.functions = functions
        self.position = 0
        self.depth = 0
        self.closing_bars: list[str] = []

    # --- tokens -----------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def at(self, kind: str, text: str | None = None) -> bool:
        """Whether the next token is this one."""
        return self.token.kind == kind and (text is None or self.token.text == text)

    def advance(self) -> Token:
        """Takes the next token."""
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def expect(self, text: str, what: str = "") -> Token:
        """Takes the next token, which must be this one."""
        if self.token.text != text:
            raise self.unexpected(f"{what or text} is expected here")
        return self.advance()

    def unexpected(self, message: str = "") -> TexError:
        """The next token does not fit."""
        token = self.token
        if token.kind == "end":
            last = self.tokens[self.position - 1] if self.position else token
            return TexError(
                message or "the formula ends too early", max(last.end - 1, 0), last.end
            )
        return TexError(message or f"I cannot read {token.text} here", token.start, token.end)

    def skip_group(self) -> None:
        """Steps over one argument."""
        if not self.at("char", "{"):
            self.advance()
            return
        depth = 0
        while True:
            token = self.advance()
            if token.kind == "end":
                raise self.unexpected("} is expected here")
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if depth == 0:
                return

    def _end(self) -> int:
        return self.tokens[self.position - 1].end

    # --- sums and products ------------------------------------------------------------------

    def sum(self) -> Node:
        """Sum = [sign] term (sign term)*."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TexError(
                f"this formula is nested more than {MAX_DEPTH} deep",
                self.token.start, self.token.end, "Name a part of it.",
            )
        start = self.token.start
        signs, terms = [], []
        sign = self._sign()
        while True:
            signs.append(sign or 1)
            terms.append(self.term())
            sign = self._sign()
            if sign is None:
                break
        self.depth -= 1
        if len(terms) == 1 and signs == [1]:
            return terms[0]
        return Sum(start, terms[-1].end, tuple(terms), tuple(signs))

    def _sign(self) -> int | None:
        if self.at("char", "+") or self.at("char", "-"):
            return 1 if self.advance().text == "+" else -1
        return None

    def term(self) -> Node:
        """Term = product (operation product)*; behind "/" only one factor, and nothing beside it."""
        left = self.product()
        while (kind := _OPERATIONS.get(self.token.text)) is not None:
            operator = self.advance()
            if kind == "slash":
                right = self.factor()
                if self._starts_factor():
                    raise TexError(
                        "what stands behind the slash can be read in two ways",
                        operator.start, self.token.end,
                        "Write \\frac{…}{…}, or put the denominator in brackets.",
                    )
                if isinstance(right, Number) and right.text == "1":
                    raise TexError(
                        "a division by 1", operator.start, right.end,
                        "If the denominator goes on, write \\frac{…}{1 + …}.",
                    )
            else:
                right = self.product()
            if isinstance(left, Product) and left.operation == kind != "slash":
                left = Product(left.start, right.end, kind, (*left.factors, right))
            else:
                left = Product(left.start, right.end, kind, (left, right))
        return left

    def product(self) -> Node:
        """Product = factor+."""
        factors = [self.factor()]
        while self._starts_factor():
            token = self.token
            if token.kind == "number" and isinstance(factors[-1], Number):
                raise TexError(
                    "two numbers side by side", factors[-1].start, token.end,
                    "Write \\cdot between them.",
                )
            factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        if len(factors) == 2 and isinstance(factors[1], Tuple) and _sizes(factors[1]) \
                and not isinstance(factors[0], Tuple | Derivative) \
                and not any(isinstance(node, Tuple) for node in walk(factors[0])):  # fmt: skip
            return Shaped(factors[0].start, factors[1].end, factors[0], factors[1])
        return Product(factors[0].start, factors[-1].end, "juxtaposition", tuple(factors))

    def _starts_factor(self) -> bool:
        token = self.token
        if token.kind in ("letter", "number"):
            return True
        if token.kind == "char":
            if token.text == "|":
                return not (self.closing_bars and self.closing_bars[-1] == "|")
            return token.text in ("(", "[", "{")
        if token.kind != "command":
            return False
        if self.closing_bars and token.text == self.closing_bars[-1]:
            return False
        if token.text in SIZES_ or token.text == r"\left":
            return True
        if token.text in (r"\right", r"\middle", r"\rangle", r"\}", r"\rbrace", r"\end"):
            return False
        word = token.text[1:]
        return word not in RELATIONS and (
            word in GREEK or word in ACCENTS or word in FONTS or word in FUNCTIONS or word in BIG
            or word in DOTS or word in TRANSPARENT or token.text in _ATOMS
        )  # fmt: skip

    # --- factors ----------------------------------------------------------------------------

    def factor(self) -> Node:
        """Factor = atom scripts | call | big operator | derivative."""
        self.depth += 1
        if self.depth > 2 * MAX_DEPTH:
            raise TexError(
                f"this formula is nested more than {MAX_DEPTH} deep",
                self.token.start, self.token.end, "Name a part of it.",
            )
        result = self._factor()
        self.depth -= 1
        return result

    def _factor(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return self.scripts(Number(token.start, token.end, token.text))
        if token.kind == "text":
            raise self.unexpected("words cannot stand inside an expression")
        word = token.text[1:] if token.kind == "command" else ""
        if word in BIG:
            return self._big_operator()
        if word in FUNCTIONS:
            return self._function(self.advance())
        if token.text in (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"):
            return self._fraction()
        if token.text == r"\partial":
            return self._inline_partial()
        if token.text == r"\nabla":
            return self._nabla()
        if token.text == r"\sqrt":
            return self._root()
        if token.text == r"\begin":
            return self.scripts(self._matrix())
        if word in DOTS:
            self.advance()
            return Dots(token.start, token.end, token.text)
        if token.text in (r"\underbrace", r"\overbrace"):
            return self._brace()
        if token.text in (r"\underset", r"\overset"):
            return self._underset()
        if word in TRANSPARENT or token.text == r"\color":
            self.advance()
            for _ in range(TRANSPARENT.get(word, 1)):
                self.skip_group()
            return self._spread(self._argument(), token.start)
        if token.text in _BARS and (token.kind == "command" or token.text == "|"):
            return self._bars()
        if token.text == r"\langle":
            return self._inner()
        if token.text == r"\left" or token.text in SIZES_ or token.text in _OPEN:
            return self._postfix(self._brackets())
        if self.at("char", "{"):
            return self.scripts(self._argument())
        letters = self.letters()
        if letters:
            return self._named(letters)
        if token.text == r"\infty":
            raise TexError("\\infty has no value that can be checked", token.start, token.end)
        if token.text == r"\cdot" and self.peek().text in (")", "]", *_BARS.values()):
            self.advance()  # an argument that is left open: f(\cdot), \|\cdot\|
            return Dots(token.start, token.end, token.text)
        raise self.unexpected("" if token.kind != "end" else "something is missing at the end")

    def _spread(self, inner: Node, start: int) -> Node:
        """Colour is transparent: a coloured function still takes its argument."""
        if isinstance(inner, Name | Scripted) and self._is_function(inner) and self._at_bracket():
            return self._call(inner)
        if isinstance(inner, Name | Scripted | Group) and self.token.text in ("^", "_"):
            return self.scripts(inner)
        if isinstance(inner, Sum) or self.token.text in ("^", "_"):
            return self.scripts(Group(start, self._end(), inner))
        return inner

    def _argument(self, split: bool = False) -> Node:
        """Argument = "{" sum "}" | one token; `\\frac12` splits the 12 as TeX does."""
        if not self.at("char", "{"):
            if split and self.token.kind == "number" and self.token.text.isdigit():
                self._split_number()
            return self._one_token()
        self.advance()
        if self.at("char", "}"):
            raise self.unexpected("the braces are empty")
        inner = self.sum()
        self.expect("}", "} (what stands before it is read)")
        return inner

    def _split_number(self) -> None:
        token = self.token
        if len(token.text) > 1 and token.end - token.start == len(token.text):
            middle = token.start + 1
            self.tokens[self.position : self.position + 1] = [
                Token("number", token.text[0], token.start, middle),
                Token("number", token.text[1:], middle, token.end),
            ]

    def _one_token(self) -> Node:
        token = self.token
        if token.kind == "number" and len(token.text) > 1:
            raise TexError(
                f"TeX takes only the {token.text[0]} of {token.text} here",
                token.start, token.end, f"Write {{{token.text}}}.",
            )
        if token.kind in ("number", "letter") or token.text[1:] in GREEK:
            self.advance()
            if token.kind == "number":
                return Number(token.start, token.end, token.text)
            return Name(token.start, token.end, token.text)
        if token.kind == "command":
            return self.factor()
        raise self.unexpected("an argument in braces is expected here")

    # --- letters ----------------------------------------------------------------------------

    def letters(self) -> list[Token]:
        """The letters that follow side by side, accents and fonts applied; nothing is decided."""
        found: list[Token] = []
        while (letter := self._letter()) is not None:
            found.append(letter)
        return found

    def _letter(self) -> Token | None:
        token = self.token
        if token.kind == "letter":
            return self.advance()
        if token.kind != "command":
            return None
        word = token.text[1:]
        if word in GREEK:
            return self.advance()
        if word in ACCENTS:
            self.advance()
            inner = self._decorated(token)
            accent = _SAME_ACCENT.get(word, word)
            return replace(token, kind="letter", text=f"\\{accent}{{{inner}}}", end=self._end())
        if word in FONTS:
            self.advance()
            inner = self._decorated(token)
            font = _SAME_FONT.get(word, word)
            text = inner if font == "mathit" else f"\\{font}{{{inner}}}"
            return replace(token, kind="letter", text=text, end=self._end())
        return None

    def _decorated(self, command: Token) -> str:
        """The letters below an accent or in a font: `{y}`, ` y`, `{\\mathbf{y}}`, `{sigmoid}`."""
        braces = self.at("char", "{")
        if braces:
            self.advance()
        text = ""
        while not self.at("char", "}"):
            token = self.token
            if token.text in ("^", "_"):
                raise TexError(
                    f"{command.text} goes around the letter only", command.start, token.end,
                    f"Close its brace before the {token.text}.",
                )
            if token.kind == "number" or token.text in ("-", "*"):
                text += self.advance().text
            else:
                letter = self._letter()
                if letter is None:
                    raise self.unexpected(f"a letter is expected behind {command.text}")
                text += letter.text
            if not braces:
                return text
        self.advance()
        return text

    def name(self, letter: str, start: int, end: int) -> Name:
        """A name node."""
        return Name(start, end, letter)

    def _named(self, letters: list[Token]) -> Node:
        """The longest name the lexicon knows, or one letter; a call where it is a function."""
        for count in range(min(len(letters), 6), 0, -1):
            spelled = "".join(letter.text for letter in letters[:count])
            if count == 1 or spelled in self.names:
                self.position = self._position_of(letters[count - 1]) + 1
                break
        name = self.name(spelled, letters[0].start, letters[count - 1].end)
        if spelled in (r"\mathbb{1}", r"\mathbf{1}", r"\mathrm{1}") and self._at_bracket():
            return self._indicator(name)
        known = spelled[8:-1] if spelled.startswith(r"\mathrm{") else ""
        if known in FUNCTIONS and spelled not in self.functions and spelled not in self.names:
            token = Token("command", "\\" + known, name.start, name.end)
            return self._function(token)
        scripted = self.scripts(name)
        if self._at_bracket() and (self._is_function(scripted) or len(known) > 1):
            return self._call(scripted)
        return self._postfix(scripted)

    def _position_of(self, letter: Token) -> int:
        """Where the last token of a letter stands in the list."""
        place = self.position - 1
        while self.tokens[place].end > letter.end:
            place -= 1
        return place

    def _is_function(self, node: Node) -> bool:
        base = node.base if isinstance(node, Scripted) else node
        return isinstance(base, Name) and base.letter in self.functions

    def _at_bracket(self) -> bool:
        if self.token.text in ("(", "[") or self.token.text == r"\{":
            return True
        return (self.token.text == r"\left" or self.token.text in SIZES_) and self.peek().text in (
            "(", "[", r"\{",
        )  # fmt: skip

    def _call(self, function: Node) -> Node:
        """Call = function "(" sum ("," sum)* ")" [power]."""
        bracket = self._brackets(bare=True)
        arguments = bracket.items if isinstance(bracket, Tuple | Set) else (bracket,)
        if isinstance(bracket, Group):
            arguments = (bracket.inner,)
        return self._postfix(self.scripts(Call(function.start, self._end(), function, arguments)))

    def _function(self, token: Token) -> Node:
        """Function = "\\log" [power] (brackets | factor): nothing may stand beside a bare factor."""
        name = self.name(token.text, token.start, token.end)
        if token.text in (r"\max", r"\min", r"\argmax", r"\argmin") and self.at("char", "_"):
            return self._big_operator(name)
        outer: Node = name
        while self.token.text in ("^", "_", "'"):
            outer = self.scripts(outer)
        if self._at_bracket():
            call = self._call(replace(name))
        else:
            if not self._starts_factor():
                raise self.unexpected(f"{token.text} needs what it is applied to")
            argument = self.factor()
            if self._starts_factor() and self.token.text[1:] not in FUNCTIONS:
                raise TexError(
                    f"how far {token.text} reaches can be read in two ways",
                    token.start, self.token.end, f"Write {token.text}(…).",
                )
            call = Call(name.start, argument.end, name, (argument,))
        if isinstance(outer, Scripted):
            return Scripted(call.start, call.end, call, outer.sub, outer.marks)
        return call

    def _indicator(self, name: Name) -> Node:
        """Indicator = "\\mathbb{1}" "(" condition ")"."""
        if self.token.text == r"\left" or self.token.text in SIZES_:
            self.advance()
        opening = self.advance()
        condition = self.condition()
        self._close(opening, ")" if opening.text == "(" else _OPEN[opening.text])
        return Indicator(name.start, self._end(), condition)

    def condition(self) -> Node:
        """A relation inside a factor; the statement level knows how to read it."""
        raise NotImplementedError

    def subscript_item(self) -> Node:
        """One item of a subscript; the statement level knows how to read it."""
        raise NotImplementedError

    # --- scripts ----------------------------------------------------------------------------

    def scripts(self, base: Node) -> Node:
        """Scripts = ("_" argument | "^" argument | "'")*, each at most once."""
        sub: tuple[Node, ...] | None = None
        marks: tuple[Mark, ...] | None = None
        while True:
            token = self.token
            if self.at("char", "_"):
                if sub is not None:
                    raise TexError("a second _", token.start, token.end, "Write _{a,b}.")
                self.advance()
                sub = self._subscript()
            elif self.at("char", "^") or self.at("char", "'"):
                if marks is not None:
                    raise TexError(
                        "a second ^", token.start, token.end,
                        "Put both into one: ^{[1]T}; or brackets around what stands before it.",
                    )
                marks = self._primes() if token.text == "'" else self._superscript(base)
            else:
                break
        if sub is None and marks is None:
            return base
        return Scripted(base.start, self._end(), base, sub or (), marks or ())

    def _primes(self) -> tuple[Mark, ...]:
        marks = []
        while self.at("char", "'"):
            token = self.advance()
            marks.append(Mark(token.start, token.end, "prime"))
        return tuple(marks)

    def _subscript(self) -> tuple[Node, ...]:
        if not self.at("char", "{"):
            if self.token.text in ("+", "-", "*"):  # a part of the name: ℝ_+
                sign = self.advance()
                return (Text(sign.start, sign.end, sign.text),)
            if self.token.text == r"\infty":  # the largest entry: \|x\|_\infty
                sign = self.advance()
                return (Name(sign.start, sign.end, sign.text),)
            return (self._one_token(),)
        self.advance()
        items: list[Node] = []
        if self.token.text.lstrip("\\") in _SIGNS:  # ℝ_{>0}, ℝ_{++}
            first = self.token
            while not self.at("char", "}") and not self.at("end"):
                self.advance()
            last = self.expect("}")
            return (Text(first.start, last.start, self.tex[first.start : last.start]),)
        while True:
            if self.at("text"):
                token = self.advance()
                items.append(Text(token.start, token.end, token.text))
            else:
                items.append(self.subscript_item())
            if self.at("char", ","):
                self.advance()
            elif self.at("char", "}"):
                self.advance()
                return tuple(items)
            else:
                raise self.unexpected()

    def _superscript(self, base: Node) -> tuple[Mark, ...]:
        caret = self.advance()
        if not self.at("char", "{"):
            token = self.token
            if token.text in _TRANSPOSES:
                self.advance()
                return (Mark(token.start, token.end, "transpose"),)
            if simple := self._simple_mark():
                return (simple,)
            value = self._one_token()
            return (Mark(value.start, value.end, "power", value),)
        self.advance()
        whole = _takes_whole_power(base)
        marks: list[Mark] = []
        while not self.at("char", "}"):
            token = self.token
            if self.at("end"):
                raise TexError("this ^{ is never closed", caret.start, caret.end + 1)
            if not whole and token.text in ("[", "(", r"\langle"):
                marks.append(self._bracket_mark())
            elif self._at_transpose():
                letter = self.advance() if token.kind != "command" or token.text in (
                    r"\top", r"\intercal") else self._letter()  # fmt: skip
                marks.append(Mark(token.start, letter.end if letter else token.end, "transpose"))
            elif token.text == "-" and self.peek().text in _TRANSPOSES \
                    and self.peek(2).text == "}":  # fmt: skip
                minus, letter = self.advance(), self.advance()
                one = Number(minus.start, minus.end, "1")
                inverse = Sum(minus.start, minus.end, (one,), (-1,))
                marks.append(Mark(minus.start, minus.end, "power", inverse))
                marks.append(Mark(letter.start, letter.end, "transpose"))
            elif simple := self._simple_mark():
                marks.append(simple)
            else:
                value = self.sum()
                marks.append(Mark(value.start, value.end, "power", value))
                if not self.at("char", "}") and not self._at_transpose():
                    raise self.unexpected()
        self.advance()
        if not marks:
            raise TexError("an empty exponent", caret.start, caret.end)
        return tuple(marks)

    def _at_transpose(self) -> bool:
        """`T` is a transpose only where it ends the superscript: `^{T-1}` is a power."""
        if self.token.text in (r"\top", r"\intercal"):
            return True
        if self.token.text == "T":
            return self.peek().text == "}"
        return self.token.text in (r"\mathsf", r"\mathrm") and [
            self.peek(ahead).text for ahead in (1, 2, 3)
        ] == ["{", "T", "}"]

    def _simple_mark(self) -> Mark | None:
        token = self.token
        kinds: dict[str, MarkKind] = {
            r"\prime": "prime", "'": "prime", "*": "star", r"\star": "star", r"\ast": "star"
        }  # fmt: skip
        if token.text not in kinds:
            return None
        self.advance()
        return Mark(token.start, token.end, kinds[token.text])

    def _bracket_mark(self) -> Mark:
        opening = self.advance()
        closing = {"[": "]", "(": ")", r"\langle": r"\rangle"}[opening.text]
        kinds: dict[str, MarkKind] = {"[": "bracket", "(": "paren", r"\langle": "angle"}
        value = self.sum()
        self.expect(closing)
        return Mark(opening.start, self._end(), kinds[opening.text], value)

    # --- brackets ---------------------------------------------------------------------------

    def _brackets(self, bare: bool = False) -> Node:
        """Brackets = open sum ("," sum)* close scripts; open may have `\\left` or `\\big` before."""
        start = self.token.start
        if self.token.text == r"\left" or self.token.text in SIZES_:
            self.advance()
            if self.at("char", "."):
                return self._evaluated(start)
            if self.token.text in _BARS:
                return self._bars(start)
        opening = self.advance()
        if opening.text not in _OPEN:
            raise TexError("a bracket is expected here", opening.start, opening.end)
        saved, self.closing_bars = self.closing_bars, []
        items = self._items(opening)
        self.closing_bars = saved
        closing = self._close(opening, _OPEN[opening.text], len(items) == 2)
        end = self._end()
        result: Node
        if opening.text in (r"\{", r"\lbrace") and not (bare and len(items) == 1):
            if len(items) == 1 and not isinstance(items[0], Sequence | Number | Tuple):
                result = Group(start, end, items[0])
            else:
                result = Set(start, end, tuple(items))
        elif len(items) == 1 and not isinstance(items[0], Sequence):
            result = Group(start, end, items[0])
        else:
            result = Tuple(start, end, tuple(items), opening.text[-1] + closing.text[-1])
        return result if bare else self.scripts(result)

    def _items(self, opening: Token) -> list[Node]:
        items: list[Node] = []
        while True:
            while self.at("command", r"\quad") or self.at("row"):
                self.advance()
            if self.token.kind == "end":
                raise TexError(
                    f"this {opening.text} is never closed", opening.start, opening.end,
                    f"Close it with {_OPEN[opening.text]}.",
                )
            items.append(self.sum())
            if self.at("char", ",") or self.at("char", ";"):
                self.advance()
            else:
                break
        for place, item in enumerate(items):
            if isinstance(item, Dots) and 0 < place == len(items) - 2:
                return [Sequence(items[0].start, items[-1].end, items[0], items[-1])]
        return items

    def _close(self, opening: Token, closing: str, interval: bool = False) -> Token:
        if self.token.text == r"\right" or self.token.text in SIZES_:
            self.advance()
        allowed = {closing} | ({")", "]"} if interval else set())
        if self.token.text not in allowed:
            if self.token.kind == "end":
                raise TexError(
                    f"this {opening.text} is never closed", opening.start, opening.end,
                    f"Close it with {closing}.",
                )
            if self.token.text in (")", "]", r"\}", "}"):
                raise TexError(
                    f"this {self.token.text} closes a {opening.text}",
                    self.token.start, self.token.end, f"Write {closing}.",
                )
            raise self.unexpected()
        return self.advance()

    def _evaluated(self, start: int) -> Node:
        """At = "\\left." sum "\\right|" "_" subscript."""
        self.advance()
        inner = self.sum()
        self.expect(r"\right")
        if self.token.text not in _BARS:
            raise self.unexpected("| is expected here")
        self.advance()
        return self._places(inner, start)

    def _postfix(self, inner: Node) -> Node:
        """`F \\big|_{x = 0}`."""
        if self.token.text in SIZES_ and self.peek().text == "|" and self.peek(2).text == "_":
            self.advance()
            self.advance()
            return self._places(inner, inner.start)
        return inner

    def _places(self, inner: Node, start: int) -> Node:
        self.expect("_", "_{x = …} (at which place)")
        self.expect("{")
        places = [self.condition()]
        while self.at("char", ","):
            self.advance()
            places.append(self.condition())
        self.expect("}")
        return At(start, self._end(), inner, tuple(places))

    def _bars(self, start: int | None = None) -> Node:
        """Bars = "|" sum "|" | "\\|" sum "\\|", with scripts."""
        opening = self.advance()
        double = opening.text in (r"\Vert", r"\lVert")
        if opening.text == "|" and self.at("char", "|"):
            self.advance()
            double = True
        closing = _BARS[opening.text]
        self.closing_bars.append(closing)
        inner = self.sum()
        self.closing_bars.pop()
        if self.token.text == r"\right" or self.token.text in SIZES_:
            self.advance()
        for _ in range(2 if double and opening.text == "|" else 1):
            if self.token.text != closing:
                raise TexError(
                    f"this {opening.text} is never closed", opening.start, opening.end,
                    f"Close it with {closing}.",
                )
            self.advance()
        return self.scripts(
            Bars(opening.start if start is None else start, self._end(), inner, double)
        )

    def _inner(self) -> Node:
        """Inner = "\\langle" sum "," sum "\\rangle"."""
        opening = self.advance()
        left = self.sum()
        self.expect(",")
        right = self.sum()
        self.expect(r"\rangle")
        return Inner(opening.start, self._end(), left, right)

    def _brace(self) -> Node:
        """Brace = "\\underbrace" argument ["_" label]; a label of sizes is a statement."""
        start = self.advance().start
        inner = self._argument()
        if self.token.text in ("_", "^"):
            self.advance()
            return self._labelled(inner, start)
        return inner

    def _underset(self) -> Node:
        """Underset = "\\underset" label argument."""
        start = self.advance().start
        before = self.position
        self.skip_group()
        inner = self._argument()
        after = self.position
        self.position = before
        result = self._labelled(inner, start)
        self.position = after
        return replace(result, end=self._end())

    def _labelled(self, inner: Node, start: int) -> Node:
        before = self.position
        self.skip_group()
        after = self.position
        self.position = before
        try:
            label = self._argument()
        except TexError:
            label = inner
        self.position = after
        if isinstance(label, Tuple) and label is not inner:
            return Shaped(start, self._end(), inner, label)
        return Group(start, self._end(), inner) if isinstance(inner, Sum) else inner

    # --- fractions, derivatives, roots ------------------------------------------------------

    def _fraction(self) -> Node:
        """Fraction = "\\frac" argument argument; a derivative where both begin with d or ∂."""
        start = self.token.start
        if (style := self._differential()) is not None:
            return self._derivative(style)
        self.advance()
        numerator = self._argument(split=True)
        denominator = self._argument(split=True)
        return self.scripts(Fraction(start, self._end(), numerator, denominator))

    def _differential(self) -> str | None:
        """Whether the fraction here is a derivative: `partial`, `total` or None."""
        if self.peek().text != "{":
            return None
        place = self.position + 1
        above = self._differential_at(place + 1, above=True)
        depth = 0
        while True:
            token = self.tokens[place]
            if token.kind == "end":
                return None
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            place += 1
            if depth == 0:
                break
        if self.tokens[place].text != "{":
            return None
        below = self._differential_at(place + 1, above=False)
        return above if above is not None and above == below else None

    def _differential_at(self, place: int, above: bool) -> str | None:
        token, following = self.tokens[place], self.tokens[place + 1]
        if token.text == r"\partial":
            return "partial"
        if token.text == r"\mathrm" and [t.text for t in self.tokens[place + 1 : place + 4]] == [
            "{", "d", "}",
        ]:  # fmt: skip
            return "total"
        if token.text == "d" and (
            following.kind == "letter" or following.text[1:] in GREEK | FONTS | ACCENTS
            or (above and following.text in ("}", "^", "(", "["))
            or (above and following.text[1:] in FUNCTIONS) or following.text == r"\textcolor"
        ):  # fmt: skip
            return "total"
        return None

    def _take_differential(self) -> int:
        """Steps over `d` or `\\partial`, with its order."""
        if self.at("command", r"\mathrm"):
            self.advance()
            self.skip_group()
        else:
            self.advance()
        if not self.at("char", "^"):
            return 1
        self.advance()
        order = self._argument()
        if not isinstance(order, Number) or not order.text.isdigit():
            raise TexError("the order of a derivative is a number", order.start, order.end)
        return int(order.text)

    def _derivative(self, style: str) -> Node:
        """Derivative = "\\frac{∂^n F}{∂G …}" | "\\frac{∂}{∂G}" term."""
        start = self.advance().start
        self.expect("{")
        order = self._take_differential()
        of = None if self.at("char", "}") else self.sum()
        self.expect("}")
        self.expect("{")
        by: list[Node] = []
        below = self.token
        while not self.at("char", "}"):
            if self.token.text not in (r"\partial", "d", r"\mathrm"):
                raise self.unexpected(f"{'∂' if style == 'partial' else 'd'} is expected here")
            self._take_differential()
            variable = self.factor()
            times, variable = _split_order(variable)
            by.extend([variable] * times)
        self.advance()
        if len(by) != order:
            raise TexError(
                f"the order is {order} above and {len(by)} below", below.start, self._end()
            )
        if of is None:
            if not self._starts_factor():
                raise self.unexpected("what is differentiated is missing")
            of = self.term()
        kind = "partial" if style == "partial" else "total"
        result = Derivative(start, self._end(), kind, of, tuple(by))  # type: ignore[arg-type]
        return self._postfix(self.scripts(result) if self.token.text in ("^", "_") else result)

    def _inline_partial(self) -> Node:
        """Partial = "\\partial" factor "/" "\\partial" factor | "\\partial_x" factor."""
        start = self.token.start
        if self.peek().text == "_":
            self.advance()
            self.advance()
            by = self._subscript()
            of = self.factor()
            return Derivative(start, of.end, "partial", of, by)
        order = self._take_differential()
        of = self.factor()
        if not self.at("char", "/"):
            raise self.unexpected("/ \\partial is expected here")
        self.advance()
        by_list: list[Node] = []
        while self.at("command", r"\partial"):
            self._take_differential()
            times, variable = _split_order(self.factor())
            by_list.extend([variable] * times)
        if len(by_list) != order:
            raise TexError(
                f"the order is {order} above and {len(by_list)} below", start, self._end()
            )
        return Derivative(start, self._end(), "partial", of, tuple(by_list))

    def _nabla(self) -> Node:
        """Nabla = "\\nabla" ["_" variable] ["^2"] factor."""
        start = self.advance().start
        by: tuple[Node, ...] = ()
        times = 1
        while self.token.text in ("_", "^"):
            if self.advance().text == "_":
                by = (self.factor(),) if not self.at("char", "{") else (self._argument(),)
            else:
                power = self._argument()
                if not isinstance(power, Number) or power.text != "2":
                    raise TexError("only \\nabla^2 can be read", power.start, power.end)
                times = 2
        of = self.factor()
        if not by and times == 2:
            of = Derivative(start, of.end, "nabla", of, ())
        return Derivative(start, of.end, "nabla", of, by * times)

    def _root(self) -> Node:
        """Root = "\\sqrt" ["[" sum "]"] argument."""
        start = self.advance().start
        degree = None
        if self.at("char", "["):
            self.advance()
            degree = self.sum()
            self.expect("]")
        inner = self._argument(split=True)
        return self.scripts(Root(start, self._end(), inner, degree))

    # --- big operators ----------------------------------------------------------------------

    def _big_operator(self, function: Name | None = None) -> Node:
        """Big = "\\sum" "_" binders ["^" argument] term: it reaches to the first + or -."""
        token = self.advance() if function is None else None
        operator = BIG[token.text[1:]] if token else (function.letter[1:] if function else "")
        start = token.start if token else (function.start if function else 0)
        below: list[Node] | None = None
        above: Node | None = None
        while self.token.text in ("_", "^"):
            if self.advance().text == "_":
                below = self._below()
            else:
                above = self._argument()
        if below is None:
            raise TexError(
                f"\\{operator} does not say over which index it runs",
                start, self._end(), f"Write \\{operator}_{{i=1}}^{{n}}.",
            )
        binders = _binders(below, above)
        if not self._starts_factor():
            raise self.unexpected(f"what \\{operator} runs over is missing")
        body = self.term()
        return BigOperator(start, body.end, operator, binders, body)

    def _below(self) -> list[Node]:
        if not self.at("char", "{"):
            return [self._one_token()]
        self.advance()
        if self.at("command", r"\substack"):
            self.advance()
            self.expect("{")
            items = self._conditions()
            self.expect("}")
        else:
            items = self._conditions()
        self.expect("}")
        return items

    def _conditions(self) -> list[Node]:
        items: list[Node] = []
        while True:
            before = self.position
            try:
                items.append(self.condition())
            except TexError:
                self.position = before
                items.append(self.sum())
            if self.at("char", ",") or self.at("row") or self.at("char", ":"):
                self.advance()
            else:
                return items

    # --- matrices and cases -----------------------------------------------------------------

    def _matrix(self) -> Node:
        """Matrix = "\\begin{bmatrix}" cell ("&" cell)* ("\\\\" …)* "\\end{bmatrix}"."""
        start = self.advance().start
        self.expect("{")
        name = ""
        while not self.at("char", "}"):
            if self.at("end"):
                raise self.unexpected("} is expected here")
            name += self.advance().text
        self.advance()
        if name not in _MATRICES:
            raise TexError(
                f"I cannot read the environment {name} here", start, self._end(),
                "Matrices stand in bmatrix or pmatrix.",
            )
        if name == "array":
            self.skip_group()
        rows: list[tuple[Node | None, ...]] = []
        row: list[Node | None] = []
        saved, self.closing_bars = self.closing_bars, []
        while True:
            row.append(self._cell(name == "cases" and len(row) == 1))
            if self.at("char", "&"):
                self.advance()
                continue
            rows.append(tuple(row))
            row = []
            if self.at("row"):
                self.advance()
            if self.at("command", r"\end"):
                break
            if self.tokens[self.position - 1].kind != "row":
                raise self.unexpected()
        self.closing_bars = saved
        self.advance()
        self.skip_group()
        if name == "cases":
            return _cases(rows, start, self._end())
        return Matrix(start, self._end(), tuple(rows), name)

    def _cell(self, condition: bool) -> Node | None:
        said = ""
        while self.at("text") or self.at("char", ",") or self.at("command", r"\quad"):
            said += self.advance().text
        if self.at("char", "&") or self.at("row") or self.at("command", r"\end"):
            return None
        if self.at("char", "|") and self.peek().text in ("&", r"\end", "\\\\"):
            token = self.advance()
            return Dots(token.start, token.end, "|")
        if condition:
            result = self.condition()
        else:
            result = self.sum()
        while self.at("char", ",") or self.at("char", ".") or self.at("text"):
            self.advance()
        return result


def _split_order(variable: Node) -> tuple[int, Node]:
    """`x^2` below a derivative is x twice."""
    if isinstance(variable, Scripted) and variable.marks and variable.marks[-1].kind == "power":
        power = variable.marks[-1].value
        if isinstance(power, Number) and power.text.isdigit() and power.text != "0":
            rest = variable.marks[:-1]
            if not rest and not variable.sub:
                return int(power.text), variable.base
            return int(power.text), replace(variable, marks=rest, end=variable.end)
    return 1, variable


def _takes_whole_power(base: Node) -> bool:
    """Where a power is one expression even if it starts with a bracket: ℝ^{(…)}, e^{(…)}, sets."""
    if isinstance(base, Set | Tuple | Number):
        return True
    return isinstance(base, Name) and (base.letter == "e" or base.letter.startswith(r"\mathbb{"))


def _sizes(candidate: Tuple) -> bool:
    """Whether a tuple may be a list of sizes rather than an interval."""
    return candidate.brackets == "()" and len(candidate.items) == 2


def _binders(below: SequenceOf[Node], above: Node | None) -> tuple[Binder, ...]:
    """What stands below a big operator, as indices with their ranges and conditions."""
    binders: list[Binder] = []
    conditions: list[Node] = []
    for item in below:
        if not isinstance(item, Relation):
            for index in item.factors if isinstance(item, Product) else (item,):
                if not isinstance(index, Name):
                    raise TexError("an index is expected here", index.start, index.end)
                binders.append(Binder(index.start, index.end, index, None, None, None))
            continue
        left = item.sides[0]
        bound = {b.index.letter for b in binders if isinstance(b.index, Name)}
        first = isinstance(left, Name) and left.letter not in bound and len(item.operators) == 1
        if first and item.operators[0] == "=":
            right = item.sides[1]
            low, high = (
                (right.first, right.last) if isinstance(right, Sequence) else (right, None)
            )
            binders.append(Binder(item.start, item.end, left, low, high, None))
        elif first and item.operators[0] == "in":
            binders.append(Binder(item.start, item.end, left, None, None, item.sides[1]))
        else:
            if not binders and isinstance(left, Name):
                binders.append(Binder(left.start, left.end, left, None, None, None))
            conditions.append(item)
    if above is not None:
        if len(binders) != 1:
            raise TexError("an upper limit belongs to one index", above.start, above.end)
        binders[0] = replace(binders[0], high=above)
    if conditions:
        binders[-1] = replace(binders[-1], conditions=tuple(conditions))
    return tuple(binders)


def _cases(rows: SequenceOf[tuple[Node | None, ...]], start: int, end: int) -> Node:
    values: list[Node] = []
    conditions: list[Node | None] = []
    for row in rows:
        if not row or row[0] is None:
            raise TexError("a case has no value", start, end)
        values.append(row[0])
        conditions.append(row[1] if len(row) > 1 else None)
    if any(condition is None for condition in conditions[:-1]):
        raise TexError("only the last case may have no condition", start, end)
    return Cases(start, end, tuple(values), tuple(conditions))


SIZES_ = frozenset("\\" + size for size in SIZES)
_ATOMS = frozenset(
    [r"\frac", r"\dfrac", r"\tfrac", r"\cfrac", r"\sqrt", r"\partial", r"\nabla", r"\lVert",
     r"\lvert", r"\Vert", r"\vert", r"\langle", r"\{", r"\lbrace", r"\begin", r"\underbrace",
     r"\overbrace", r"\underset", r"\overset", r"\color", r"\infty"]
)  # fmt: skip
assert ELEMENTWISE <= {operation[1:] for operation in _OPERATIONS}
