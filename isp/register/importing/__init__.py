"""Bringing pupils, staff, groups and contacts in from the files that school systems export.

From bytes to a plan of what would change, in four steps: `reading` (bytes to a sheet), `mapping` (whose
column is which), `pupils`, `staff`, `groups`, `contacts` (rows to typed records), `plan_pupils` and its
neighbours (records and what is on record to a plan). `writing` is the way out. Everything here is pure: no
session, no clock (today is an argument), no Flask. Whoever applies a plan reads the staged file again and
plans again, under the lock.

What must stay true:

- Every fault is answered in words with its line number and column; none of them is guessed away.
- A plan with one refused row or one open question is not applicable: all rows or none.
- The same file twice changes nothing.
- Absence from a file ends nothing. A leaving date ends, and so does a box that a person ticked.
- A blank cell says nothing. It never empties a field of the record.
- A file's SEN status and need codes never replace what the record says; they are shown side by side.
- Text that looks like a formula is text: it is never calculated, refused as a name, made harmless on the
  way out.
- A UPN that another school also holds changes no sentence, no count and no order of anything shown here.
- Messages quote what the file says, so they are personal data: shown to whoever brought the file, never
  logged.
"""
