"""Handing on an EHC plan: only for a purpose that the law names, and never without saying which.

Regulation 17 of the Special Educational Needs and Disability Regulations 2014 closes the list of purposes
for which a plan, or a part of one, may be disclosed without the child's consent; it is dated data
(``data/disclosures-*.toml`` of the room). Must stay true: a disclosure names to whom, for which purpose, on
whose authority and why, and each thing disclosed by its version and digest; it is never altered.
"""
