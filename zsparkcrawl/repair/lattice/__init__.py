"""The search for shifted text in whole numbers: tables, paths and steps that a C compiler can make fast.

Every module here runs as it is; where there is a compiler it is compiled, with the types that its .pxd names, and gives
the same results.
"""
