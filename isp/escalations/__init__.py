"""From a plan that is not enough to an EHC needs assessment: the bridge between school and authority.

Must stay true: an authority sees nothing of a pupil until an assessment is requested, and then what the
request released; its sight is a dated tie that this room opens, moves and ends through ``access``.
"""
