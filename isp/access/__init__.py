"""Who may do and see what: ties to a pupil, standing, the grid, and the lens content is read through.

Must stay true: deny by default; the pupil is the unit of access; *who* is decided here and *when* in
the domain concerned; what a page, a file or a message shows has passed through a lens first.
"""
