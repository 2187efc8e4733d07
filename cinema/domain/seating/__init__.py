"""The geometry of a hall: pure functions on plain seats, which know neither the database nor a buyer.

Who is asked first is `places`; `rows` says what lies beside what, `singles` what may not be left on its own, `blocks`
where a party sits best, `prices` what a choice costs, `names` how it is said.
"""
