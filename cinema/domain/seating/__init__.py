"""The geometry of a hall: pure functions on plain seats, without database or buyers.

Start with `places`. `rows` finds neighbours and stretches, `singles` prevents stranded single seats, `blocks` finds the
best seats for a party, `prices` adds up a choice, and `names` words it.
"""
