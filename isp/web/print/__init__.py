"""Everything that leaves the service as a file to read: PDF by Typst, Word by python-docx.

One function for each kind of document (``plan``, ``reports``, ``packs``) takes plain data that has passed
the gate and the reader's lens already, and makes a ``Paper``: a heading and blocks. ``pdf.as_pdf`` and
``word.as_word`` put a paper into bytes; the look lies in ``templates/print``, the letters in ``fonts``.

Must stay true: no session and no permission here; what a person wrote is data to the typesetter, never
markup; every PDF is PDF/UA-1 (tagged, titled, in British English), and its title, its metadata and its file
name hold no child's name; every page says whose initials, which version, its code, who printed it and when;
a letter that the fonts cannot draw is marked on the page, and the document says so.
"""
