"""The working document for the Tribunal: a version of an EHC plan with what each side proposes.

Must stay true: the version itself is never touched; each proposal is a row with its side and its state, and
the document is made of both by a pure function, with the marks that the Tribunal asks for.
"""
