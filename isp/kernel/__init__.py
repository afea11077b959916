"""What every room stands on and what knows nothing of schools.

Lives here: the database and its two ways to write, the one clock, canonical bytes, keys and
sealed values, who is acting, the errors a domain may raise, working days, data that
holds from one day to another.

Must stay true: time is read in ``clock`` and nowhere else; a sealed value opens only in the
place (table, column, row, version) it was sealed for; nothing here imports a higher room.
"""
