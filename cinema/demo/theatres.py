"""The theatres of the demo and the drawings of their halls; seating.drawings explains the characters."""

from collections.abc import Sequence
from datetime import time
from typing import NamedTuple

from cinema.demo.coupons import COUPONS
from cinema.demo.taxes import INDIA
from cinema.demo.vouchers import VOUCHERS
from cinema.domain.tax import TaxBand
from cinema.models import Screen, Show, Theatre
from cinema.services.money.vouchers import VoucherPlan
from cinema.services.prices.coupons import CouponPlan

REFUSE, WARN, ALLOW = Theatre.SingleSeats.REFUSE, Theatre.SingleSeats.WARN, Theatre.SingleSeats.ALLOW
THREE_D, IMAX, DOLBY = Show.Format.THREE_D, Show.Format.IMAX, Show.Format.DOLBY


class DemoHall(NamedTuple):
    """A hall of the demo. ``opens`` is the start of its first show; ``late``: shows after midnight at the weekend."""

    name: str
    plan: str
    opens: time
    shape: Screen.Shape = Screen.Shape.STRAIGHT
    formats: frozenset[str] = frozenset()
    late: bool = False


class House(NamedTuple):
    """A theatre of the demo. ``categories`` are its seat categories with their usual prices, the plainest first, drawn
    as c, p and r. Films in a language of ``speaks`` have no subtitles there. ``taxes`` are contained in its prices,
    ``web_fee`` is added to each ticket sold on the website. Reminders come ``reminder_hours`` before a show.
    ``accent``, ``phone`` and ``announcement`` are those of its appearance, ``has_logo``: also a
    logo.
    """

    name: str
    slug: str
    city: str
    address: str
    time_zone: str
    cancel_cutoff: int
    refund_percent: int
    categories: dict[str, int]
    speaks: frozenset[str]
    halls: list[DemoHall]
    single_seats: Theatre.SingleSeats
    legal_name: str
    tax_number: str
    receipt_prefix: str
    carer_free: bool = False
    taxes: Sequence[TaxBand] = ()
    web_fee: int = 0
    reminder_hours: int = 24
    coupons: Sequence[CouponPlan] = ()
    vouchers: Sequence[VoucherPlan] = ()
    accent: str = ""
    has_logo: bool = False
    phone: str = ""
    announcement: str = ""


GRAND = """
    ..kwwk.cccccccccc.kwwk
    cccccc.cccccccccc.cccccc
    cccccc.cccccccccc.cccccc
    cccccc.cccccccccc.cccccc
    cccccc.cccccccccc.cccccc

    pppppp.pppppppppp.pppppp
    pppppp.pppppppppp.pppppp
    pppppp.pppppppppp.pppppp
    pppppp.pppppppppp.pppppp
    pppppp.pppppppppp.pppppp
    pppppp.pppppppppp.pppppp
    rrrrrr.rrrrrrrrrr.rrrrrr
    rrrrrr.rrrrrrrrrr.rrrrrr
    ..rrrr.rrrrrrrrrr.rrrr
"""

BALCONY = """
    ..kwcccc.ccccwk
    cccccccc.cccccccc
    cccccccc.cccccccc
    pppppppp.pppppppp
    pppppppp.pppppppp
    pppppppp.pppppppp


    .rrrrrrr.rrrrrrr
    .rrrrrrr.rrrrrrr
    .rrrrrrr.rrrrrrr
"""

CANOPY = """
    ,ccccccccccc
    cccccccccccc
    ,ccccccccccc
    pppppppppppp
    ,ppppppppppp
    pppppppppppp
    ,ppppppppppp
    rrr.kwwk.rrr
"""

ROOTS = """
    kwccc.cccwk
    ccccc.ccccc
    ccccc.ccccc
    ppppp.ppppp
    ppppp.ppppp
    ppppp.ppppp
    ,RR,RR.RR,RR
"""

SAGARMATHA = """
    ..kw.cccccccc.wk
    .ccc.cccccccc.ccc
    cccc.cccccccc.cccc
    cccc.cccccccc.cccc
    cccc.cccccccc.cccc
    pppp.pppppppp.pppp
    pppp.pppppppp.pppp
    pppp.pppppppp.pppp
    pppp.pppppppp.pppp
    pppp.pppppppp.pppp
    ..RR.RRRRRRRR.RR
    ..RR.RRRRRRRR.RR
"""

CHAUTARI = """
    kw.cccccc.cccccc
    cccccccc.cccccccc
    cccccccc.cccccccc
    pppppppp.pppppppp
    pppppppp.pppppppp

    RR.RR.RR.RR.RR.RR
    RR.RR.RR.RR.RR.RR
"""

HOUSES = [
    House(
        name="Prabhat Talkies",
        slug="prabhat-talkies",
        city="Mumbai",
        address="214 Lamington Road, Grant Road East, 400007",
        time_zone="Asia/Kolkata",
        cancel_cutoff=120,
        refund_percent=100,
        categories={"Stalls": 200, "Dress Circle": 280, "Royal": 380},
        speaks=frozenset({"hi", "mr", "en"}),
        halls=[
            DemoHall("Grand", GRAND, time(10), Screen.Shape.CURVED, frozenset({IMAX, DOLBY}), late=True),
            DemoHall("Balcony", BALCONY, time(10, 30), formats=frozenset({THREE_D})),
        ],
        vouchers=VOUCHERS,
        single_seats=REFUSE,
        legal_name="Prabhat Talkies LLP",
        tax_number="GSTIN 27AABFP4821K1Z3",
        receipt_prefix="PT-",
        reminder_hours=48,  # the moviegoer's show is tomorrow evening
        carer_free=True,
        taxes=INDIA,
        phone="+91 22 5550 1932",
    ),
    House(
        name="The Banyan",
        slug="the-banyan",
        city="Mumbai",
        address="37 Hill Road, Bandra West, 400050",
        time_zone="Asia/Kolkata",
        cancel_cutoff=60,
        refund_percent=80,
        categories={"Classic": 240, "Premium": 320, "Recliner": 450},
        speaks=frozenset({"hi", "mr", "en"}),
        halls=[
            DemoHall("Canopy", CANOPY, time(10, 15), formats=frozenset({DOLBY}), late=True),
            DemoHall("Roots", ROOTS, time(11)),
        ],
        single_seats=WARN,
        legal_name="Banyan Screens Pvt Ltd",
        tax_number="GSTIN 27AAFCB7190Q1ZD",
        receipt_prefix="BY-",
        web_fee=20,
        coupons=COUPONS,
        taxes=INDIA,
        accent="#1b7a4b",
        has_logo=True,
        phone="+91 22 5550 0370",
        announcement="Sunday breakfast shows: coffee and a croissant come with every ticket before noon.",
    ),
    House(
        name="Himal Chitra Ghar",
        slug="himal-chitra-ghar",
        city="Kathmandu",
        address="58 Naxal Bhagwati Marg, 44600",
        time_zone="Asia/Kathmandu",
        cancel_cutoff=240,
        refund_percent=75,
        categories={"Classic": 200, "Premium": 270, "Love Seat": 360},
        speaks=frozenset({"ne", "hi", "en"}),
        halls=[
            DemoHall(
                "Sagarmatha", SAGARMATHA, time(9, 45), Screen.Shape.CURVED, frozenset({THREE_D, DOLBY}), late=True
            ),
            DemoHall("Chautari", CHAUTARI, time(10, 30)),
        ],
        single_seats=ALLOW,
        legal_name="Himal Chitra Ghar Pvt Ltd",
        tax_number="PAN 609174825",
        receipt_prefix="HCG-",
        accent="#2f5aa8",
        phone="+977 1 555 0158",
    ),
]
