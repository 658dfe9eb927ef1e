"""Reads the equations of a page from their TeX and holds them against autograd and against code.

Nothing here knows the lesson: what a symbol means is said by the page's notation table. Modules
import one way, from the page down to the tokens:

    sybil, check          a page on disk, as a test and as a command
    page, witness         all statements of a page; what its code says of them
    statements … closures one statement: its sides, claims, definitions, numbers
    values, arithmetic    terms worked out in float64, derivatives by autograd
    book …                what a page declares and defines
    shapes …              one reading and one symbolic shape for every operation
    notation, table       what the notation table says of a symbol
    tex …, tokens, tree   the TeX of a formula as a tree with exact spans
    markdown              where formulas, code and remarks stand on a page

`edits`, `variants`, `suggest` and `mutate` plant and mend single mistakes.
"""
