"""Pupils, enrolments, classes and groups, families, the school's calendar, and bringing all of it in.

Must stay true: a pupil is one row, whoever teaches him; what ties him to people and places is a dated
row that ``access`` reads. Absence from a file ends nothing. A UPN already held at another school attaches
nothing and tells nobody.
"""
