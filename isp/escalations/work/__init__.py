"""The work of an authority: what is due in each case and who must act, cover, hand-over, the front door."""
