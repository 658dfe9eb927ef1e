"""Reads the equations of a page from their TeX and holds them against autograd and against code.

Nothing here knows the lesson: what a symbol means is said by the page's notation table. Modules
import one way: `sybil`, `cli` → `page` → `values` → `shapes` → `notation` → `tex`.
"""
