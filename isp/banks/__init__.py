"""What writing draws on: the rules of the wording check (``wording``), and the banks of a school or an
authority (``entries``): provision, adjustments, plan templates, by version.

Must stay true: what is kept here is offered to whoever writes and copied when it is taken; a plan never
depends on it afterwards.
"""
