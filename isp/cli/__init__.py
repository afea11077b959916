"""The operator's command: parse, call an action or a job, print.

Must stay true: the operator can run everything and read nothing. A command that acts for somebody takes
``--as`` that person's e-mail address, has that person's rights and no other, and the trail names both.
Exit codes: 0 done; 1 refused, or something is wrong; 2 the command was not understood.
"""
