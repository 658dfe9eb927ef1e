"""Sums, products and factors: the part of the grammar below a statement (see `tex`).

sum      = [sign] term (sign term)*
term     = product (("\\cdot" | "\\odot" | "\\times" | "/") product)*
product  = factor+                                     juxtaposition
factor   = atom scripts | call | big operator | derivative
"""

from __future__ import annotations

from nn3doc.equations.tex.brackets import BARS, OPEN
from nn3doc.equations.tex.cursor import MAX_DEPTH, SIZE_MARKS
from nn3doc.equations.tex.decorated import inverse_letter, is_inverse
from nn3doc.equations.tex.operators import Operators
from nn3doc.equations.tex.tokens import (
    ACCENTS,
    BIG,
    DOTS,
    ELEMENTWISE,
    FONTS,
    FUNCTIONS,
    GREEK,
    RELATIONS,
    TRANSPARENT,
    TexError,
    Token,
    joined,
)
from nn3doc.equations.tex.tree import (
    Call,
    Derivative,
    Dots,
    Group,
    Indicator,
    Name,
    Node,
    Number,
    Product,
    ProductKind,
    Scripted,
    Set,
    Shaped,
    Sum,
    Tuple,
    walk,
)

_OPERATIONS: dict[str, ProductKind] = {
    r"\cdot": "cdot",
    r"\odot": "odot",
    r"\circ": "odot",
    r"\times": "times",
    "/": "slash",
}


class FactorParser(Operators):
    """Sums, products and factors; what they are made of is in the modules below."""

    def sum(self) -> Node:
        """Sum = [sign] term (sign term)*."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TexError(
                f"this formula is nested more than {MAX_DEPTH} deep",
                self.token.start,
                self.token.end,
                "Name a part of it.",
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
                if self.starts_factor():
                    raise TexError(
                        "what stands behind the slash can be read in two ways",
                        operator.start,
                        self.token.end,
                        "Write \\frac{…}{…}, or put the denominator in brackets.",
                    )
                if isinstance(right, Number) and right.text == "1":
                    raise TexError(
                        "a division by 1",
                        operator.start,
                        right.end,
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
        while self.starts_factor():
            token = self.token
            if token.kind == "number" and isinstance(factors[-1], Number):
                raise TexError(
                    "two numbers side by side",
                    factors[-1].start,
                    token.end,
                    "Write \\cdot between them.",
                )
            factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        if (
            len(factors) == 2
            and isinstance(factors[1], Tuple)
            and _sizes(factors[1])
            and not isinstance(factors[0], Tuple | Derivative)
            and not any(isinstance(node, Tuple) for node in walk(factors[0]))
        ):
            return Shaped(factors[0].start, factors[1].end, factors[0], factors[1])
        return Product(factors[0].start, factors[-1].end, "juxtaposition", tuple(factors))

    def starts_factor(self) -> bool:
        """Whether the next token begins a factor."""
        token = self.token
        if token.kind in ("letter", "number"):
            return True
        if token.kind == "char":
            if token.text == "|":
                return not (self.closing_bars and self.closing_bars[-1] == "|")
            return token.text in ("(", "[")
        if token.kind != "command":
            return False
        if self.closing_bars and token.text == self.closing_bars[-1]:
            return False
        if token.text in SIZE_MARKS:
            return token.text[-1] != "r" and self._opens(self.peek())
        if token.text == r"\left":
            return True
        if token.text in (r"\right", r"\middle", r"\rangle", r"\}", r"\rbrace", r"\end"):
            return False
        if token.text in (r"\overset", r"\underset") and self.over_relation():
            return False
        word = token.text[1:]
        return word not in RELATIONS and (
            word in GREEK
            or word in ACCENTS
            or word in FONTS
            or word in FUNCTIONS
            or word in BIG
            or word in DOTS
            or word in TRANSPARENT
            or token.text in _ATOMS
        )

    def _opens(self, token: Token) -> bool:
        """Whether a bracket opens: a bar does, unless it closes one or says at which place."""
        if token.text in BARS:
            return self.peek(2).text != "_" and token.text not in self.closing_bars[-1:]
        return token.text in OPEN

    def factor(self) -> Node:
        """Factor = atom scripts | call | big operator | derivative."""
        self.depth += 1
        if self.depth > 2 * MAX_DEPTH:
            raise TexError(
                f"this formula is nested more than {MAX_DEPTH} deep",
                self.token.start,
                self.token.end,
                "Name a part of it.",
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
        if word in FUNCTIONS and word not in ACCENTS:
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
        if token.text in BARS and (token.kind == "command" or token.text == "|"):
            return self._bars()
        if token.text == r"\langle":
            return self.scripts(self._inner())
        if token.text == r"\left" or token.text in SIZE_MARKS or token.text in OPEN:
            brackets = self._brackets()
            if _composition(brackets, self.functions) and self._at_bracket():
                return self._call(brackets)
            return self._postfix(brackets)
        letters = self.letters()
        if letters:
            return self._named(letters)
        if token.text == r"\infty":
            raise TexError("\\infty has no value that can be checked", token.start, token.end)
        if token.text == r"\cdot" and self.peek().text in (")", "]", *BARS.values()):
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

    def _named(self, letters: list[Token]) -> Node:
        """The longest name the lexicon knows, or one letter; a call where it is a function."""
        for count in range(min(len(letters), 6), 0, -1):
            spelled = joined(letter.text for letter in letters[:count])
            if count == 1 or spelled in self.names:
                self.position = self._position_of(letters[count - 1]) + 1
                break
        name = self.name(spelled, letters[0].start, letters[count - 1].end)
        if spelled in (r"\mathbb{1}", r"\mathbf{1}", r"\mathrm{1}") and self._at_bracket():
            return self.scripts(self._indicator(name))
        known = spelled[8:-1] if spelled.startswith(r"\mathrm{") else ""
        if known in FUNCTIONS and spelled not in self.functions and spelled not in self.names:
            token = Token("command", "\\" + known, name.start, name.end)
            return self._function(token)
        scripted = self.scripts(name)
        if is_inverse(scripted) and inverse_letter(spelled) in self.functions:
            scripted = self.name(inverse_letter(spelled), scripted.start, scripted.end)
        if self._at_bracket() and (self._is_function(scripted) or len(known) > 1):
            return self._call(scripted)
        return self._postfix(scripted)

    def _is_function(self, node: Node) -> bool:
        base = node.base if isinstance(node, Scripted) else node
        return isinstance(base, Name) and base.letter in self.functions

    def _at_bracket(self) -> bool:
        if self.token.text in ("(", "[") or self.token.text == r"\{":
            return True
        return (
            self.token.text == r"\left" or self.token.text in SIZE_MARKS
        ) and self.peek().text in (
            "(",
            "[",
            r"\{",
        )

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
        before = self.tokens[max(self.position - 2, 0)]
        function = self.scripts(name)
        if self.token.text == r"\circ" or (before.text == r"\circ" and not self.starts_factor()):
            return function
        if self._at_bracket():
            return self._call(function)
        else:
            if not self.starts_factor():
                raise self.unexpected(f"{token.text} needs what it is applied to")
            argument = self.factor()
            if self.starts_factor() and self.token.text[1:] not in FUNCTIONS:
                raise TexError(
                    f"how far {token.text} reaches can be read in two ways",
                    token.start,
                    self.token.end,
                    f"Write {token.text}(…).",
                )
            return Call(name.start, argument.end, function, (argument,))

    def _indicator(self, name: Name) -> Node:
        """Indicator = "\\mathbb{1}" "(" condition ")"."""
        if self.token.text == r"\left" or self.token.text in SIZE_MARKS:
            self.advance()
        opening = self.advance()
        condition = self.condition()
        self._close(opening, ")" if opening.text == "(" else OPEN[opening.text])
        return Indicator(name.start, self._end(), condition)


def _composition(node: Node, functions: frozenset[str]) -> bool:
    """Whether something is `(f \\circ g)`, the functions one after the other."""
    group = node.base if isinstance(node, Scripted) else node
    if not isinstance(group, Group) or not isinstance(group.inner, Product):
        return False
    bases = [f.base if isinstance(f, Scripted) else f for f in group.inner.factors]
    return group.inner.operation == "odot" and all(
        isinstance(base, Name) and (base.letter in functions or base.letter[1:] in FUNCTIONS)
        for base in bases
    )


def _sizes(candidate: Tuple) -> bool:
    """Whether a tuple may be a list of sizes rather than an interval."""
    return candidate.brackets == "()" and len(candidate.items) == 2


_ATOMS = frozenset(
    [
        r"\frac",
        r"\dfrac",
        r"\tfrac",
        r"\cfrac",
        r"\sqrt",
        r"\partial",
        r"\nabla",
        r"\lVert",
        r"\lvert",
        r"\Vert",
        r"\vert",
        r"\langle",
        r"\{",
        r"\lbrace",
        r"\begin",
        r"\underbrace",
        r"\overbrace",
        r"\underset",
        r"\overset",
        r"\color",
        r"\infty",
    ]
)


assert {operation[1:] for operation in _OPERATIONS} >= ELEMENTWISE
