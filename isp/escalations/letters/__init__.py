"""The letters of a statutory case: what each must contain, its draft, and its service with proof.

What the law wants in a letter is dated data (``data/letters-*.toml`` of the room): locked parts, each with
the regulation it comes from, around which an officer writes the opening, the reasons and the close.

Must stay true: a letter whose required contents are not all there is not served; once served it is never
altered, and its digest says what it was; each of a child's parents gets a copy of her own, which tells
nothing of the others; an adult from whom the record is closed gets none.
"""
