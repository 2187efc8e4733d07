"""The geometry of a hall: pure functions on seats, without database or buyers.

Start with `places`. `rows` finds neighbouring seats, `singles` prevents stranded single seats, `blocks` finds the best
seats for a party, `prices` prices a choice and `names` formats seat names. `layout`, `drawings`, `numbering` and
`examples` are for drawing a hall.
"""
