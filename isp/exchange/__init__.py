"""What goes out of the record and comes into it as a file of an agreed form: the SEN2 return.

Must stay true: a return is made from the record and from nothing else, so whatever it says wrongly is mended
where it is written; a year's form is data (``data/sen2-<year>.toml``) and no code knows a year; the same
message goes out that came in (``record_in`` and ``record_out`` undo each other); the same file twice changes
nothing; a file is made and read as a stream, in a job that may be killed and goes on; what lies on a disk
meanwhile is sealed.
"""
