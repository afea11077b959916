"""Documents about a child, whatever their kind: how they change, merge, compare and are projected.

A kind of document (a plan, an EHCP, a review report) is declared by its own room as marshmallow schemas
whose fields come from ``fields``; ``shape`` turns that declaration into the description that everything
here works from. Content is JSON: ``{"schema": "isp/1", "sections": {name: {"status": ..., "fields":
{...}, "items": [{"id": ..., "order": ..., ...}]}}}``.

Must stay true:

- one normal form: what is empty is absent (no nulls, empty strings, empty lists or false flags), items
  are sorted by order key and then id, text is in NFC, and there are no floats; two contents that mean
  the same are therefore equal, and have one digest;
- content is a value: no function here changes what it was given, and results may share parts with it;
- an item keeps its id for ever, ids are unique within a document, and a removal never cascades: a link
  to what is gone is left for a person to see, not cleaned up behind their back;
- merging loses nothing: what cannot be settled by rule is handed back as a clash, with all three sides;
- what is compared or shown has been projected first, and projection fails closed: a section or field
  that the shape does not know is not shown.
"""
