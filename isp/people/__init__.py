"""Persons, accounts, organisations, roles held for a time, and signing in.

Must stay true: a person's name and address are sealed under that person's own key; an e-mail address
finds an account only through a blind index and never links two accounts; a session is a row here, and
ending the row ends the session at the next request.
"""
