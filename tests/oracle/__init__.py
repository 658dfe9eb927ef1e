"""An oracle for the checker: SymPy makes right and wrong equations, and the verdicts must agree.

    expressions → identities → wrong neighbours     what SymPy knows to be equal, and its neighbours
                       ↓
                 values at points                   mpmath, 50 digits: are they equal or not?
                       ↓
                 a page in TeX → the checker        must say the same

`python -m tests.oracle --pairs 5000` prints one table. SymPy and mpmath come with PyTorch.
"""
