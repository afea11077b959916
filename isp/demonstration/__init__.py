"""The demonstration: two authorities, five schools, 120 pupils, their families, staff and plans, invented.

What lives here: pure generators (`terms`, `cast`, `files`, `plans`) and the prose they draw on (`data/`,
`profiles/`). What must stay true:

* everything follows from one argument, `today`: the same day gives the same cast, byte for byte, and any day
  gives a cast that shows everything (a leaver in the past, a young person past compulsory school age,
  versions published in term time);
* nobody is real. Schools say "Demonstration" in their names; surnames are plants, rivers and birds; telephone
  numbers come from the ranges that Ofcom keeps for drama; mail goes to example domains; URNs, UKPRNs and
  establishment numbers lie outside the ranges that are given out;
* pupils, staff, groups and contacts leave here only as the bytes a school's office would export, so that the
  demonstration passes through the import that users use.
"""
