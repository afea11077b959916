"""The wording check: what is vague in an outcome, an adjustment or a piece of provision, and what is missing.

Lives here: ``rules`` with the dated lists under ``data/``, ``quantities`` (numbers, times and days in a
text), ``terms`` (the vague words in a text), ``parts`` (what a text says of what it needs), ``check`` (an
item with all its fields). Pure: text in, hints out.

Must stay true: it reads what a school writes in outcomes, adjustments and provision, never a child's words
nor a parent's; it warns and never blocks; every rule says why and what to write instead.
"""
