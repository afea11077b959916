"""An organisation's own affairs: its staff and their roles, a leaver's work, the pages it words itself.

Every deed asks the gate for an organisation's permission. Nobody gives a role wider than her own role may
give, and nobody is handed a code for an account that reaches beyond her organisation.
"""
