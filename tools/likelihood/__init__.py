"""The programs that build the character model `zsparkcrawl/chinese/likelihood.bin`.

Of texts only the prose written for this project is in the repository (`prose/`), of all others only figures; the
sources and their licences are listed in `zsparkcrawl/chinese/likelihood.LICENCES.md`. Standard library only, but for
`read_smartcn.py`.
"""
