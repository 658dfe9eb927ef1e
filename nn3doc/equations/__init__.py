"""Reads the equations of a page from their TeX, works them out, and compares them with its code.

Nothing here knows the lesson: what a symbol means, the page's notation table states. Packages import
one way, from the top of this list to its end; what others may use of a package, its `__init__` names.

    sybil, examples  pages as tests; examples of checked pages within a page
    check_each       many pages, each in a process of its own
    check            one page on disk: read, run, checked, with suggestions
    mistakes/        single mistakes, planted: what the checks catch, what an author meant
    page             all statements of one page
    code/            is an equation what the code does? Pages run, functions called, values compared
    verdict/         does a statement hold? Definitions, claims, updates, worked examples
    evaluate/        terms worked out in float64; derivatives by autograd
    model/           what a page declares, defines and assumes
    meaning/         the table of operations; one reading and one symbolic shape for each node
    sources          what one page takes from another
    notation/        what the notation table and `\\in` say of a symbol
    unread/          what a page shows and nobody reads
    show/            findings as text for people and as JSON for programs
    files            pages on disk
    tex/             the TeX of a formula as a tree with exact spans
    text/            where formulas, code and remarks stand on a page
    report/          findings as data
    isolate/         a process of its own for the code of each page
"""
