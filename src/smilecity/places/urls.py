# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room."""

from django.urls import path

from smilecity.places import api
from smilecity.places.api import a11y, freebusy
from smilecity.places.api import openactive as openactive_feeds
from smilecity.places.pages import board, closings, edit, photos, review
from smilecity.places.pages.access import desk as access_desk_pages
from smilecity.places.pages.access import mine as doors_pages
from smilecity.places.pages.access import phone as phone_pages
from smilecity.places.pages.booking import calendar, figures, mine, season, series, setting
from smilecity.places.pages.booking import desk as booking_desk
from smilecity.places.pages.feed import feed
from smilecity.places.pages.lending import borrow, liability, loans
from smilecity.places.pages.lending import desk as lending_desk_pages
from smilecity.places.pages.lending import kits as lent
from smilecity.places.pages.list import places, tile
from smilecity.places.pages.offering import dates as offering_dates
from smilecity.places.pages.offering import importing, trust, writing
from smilecity.places.pages.offering import review as offering_review
from smilecity.places.pages.offers import feed as offers_feed
from smilecity.places.pages.offers import list as offers_list
from smilecity.places.pages.offers import page as offer_page
from smilecity.places.pages.offers import registration as registering
from smilecity.places.pages.offers import widget as offers_widget
from smilecity.places.pages.openactive import dataset
from smilecity.places.pages.place import place, place_now
from smilecity.places.pages.widget import snippet, widget
from smilecity.places.rules import openactive as rules

app_name = "places"
urlpatterns = [
    path("", places, name="list"),
    path("points.json", api.points, name="points"),
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
    path("feed.atom", feed, name="feed"),
    path("a11y.json", a11y.places, name="a11y"),
    path("widget/", widget, name="widget"),
    path("widget/code/", snippet, name="widget-snippet"),
    path("photos/<int:photo>-<int:size>.webp", photos.picture, name="picture"),
    path("<slug:slug>/", place, name="place"),
    path("<slug:slug>/now/", place_now, name="now"),
    path("<slug:slug>/borrow/", borrow.kits, name="borrow"),
    path("<slug:slug>/borrow/<slug:key>/", borrow.borrow, name="borrow-kit"),
    path("<slug:slug>/point.json", api.point, name="point"),
    path("<slug:slug>/a11y.json", a11y.place, name="place-a11y"),
    path("<slug:slug>/calendar.ics", offers_feed.place_calendar, name="calendar"),
    path("<slug:slug>/board/", board.board, name="board"),
    path("<slug:slug>/qr.svg", board.code, name="code"),
    path("<slug:slug>/book/", calendar.book, name="book"),
    path("<slug:slug>/book/series/", series.ask, name="book-series"),
    path("<slug:slug>/book/season/<int:season>/", series.ask, name="book-season"),
    path("<slug:slug>/book/<int:unit>/week/", calendar.board, name="book-board"),
    path("<slug:slug>/book/<int:unit>/busy.ics", freebusy.busy, name="busy"),
]
# Included at `openactive/`, as `openactive:`: feeds for programmes, which speak the city's language; the page about them
# has an address in each.
openactive = (
    [
        path("kinds.json", openactive_feeds.kinds, name="kinds"),
        *(
            part
            for feed in rules.KINDS
            for part in (
                path(feed, openactive_feeds.feed, {"feed": feed}, name=feed),
                path(f"{feed}/<int:number>", openactive_feeds.item, {"feed": feed}),
            )
        ),
    ],
    "openactive",
)
openactive_page = [path("", dataset, name="openactive")]
# Included at `offers/`, as `offers:`.
offers = (
    [
        path("", offers_list.offers, name="list"),
        path("points.json", offers_list.points, name="points"),
        path("calendar.ics", offers_feed.calendar, name="calendar"),
        path("feed.atom", offers_feed.feed, name="feed"),
        path("widget/", offers_widget.widget, name="widget"),
        path("widget/code/", offers_widget.snippet, name="widget-snippet"),
        path("registration/<str:token>/", registering.registration, name="registration"),
        path("<slug:slug>/", offer_page.offer, name="offer"),
        path("<slug:slug>/register/", registering.register, name="register"),
        path("<slug:slug>/unregister/", registering.unregister, name="unregister"),
        path("<slug:slug>/calendar.ics", offers_feed.offer_calendar, name="offer-calendar"),
    ],
    "offers",
)
# Included at `desk/offers/`, as `offers-desk:`.
offers_desk = (
    [
        path("", writing.written, name="list"),
        path("new/", writing.new, name="new"),
        path("import/", importing.bring, name="import"),
        path("review/<int:offer>/", offering_review.review, name="review"),
        path("trust/", trust.trust, name="trust"),
        path("<slug:key>/", writing.edit, name="edit"),
        path("<slug:key>/dates/", offering_dates.dates, name="dates"),
        path("<slug:key>/dates/<int:occasion>/", offering_dates.date, name="date"),
        path("<slug:key>/dates/<int:occasion>/people.csv", offering_dates.people, name="people"),
    ],
    "offers-desk",
)
# Included at `desk/places/`, as `places-desk:`.
desk = (
    [
        path("", edit.written, name="list"),
        path("new/", edit.new, name="new"),
        path("review/<int:change>/", review.review, name="review"),
        path("<slug:slug>/", edit.edit, name="edit"),
        path("<slug:slug>/closings/", closings.closings, name="closings"),
        path("<slug:slug>/closings/new/", closings.new, name="closing-new"),
        path("<slug:slug>/limits/", closings.limits, name="limits"),
        path("<slug:slug>/photos/", photos.photos, name="photos"),
        path("<slug:slug>/photos/<int:photo>/", photos.photo, name="photo"),
    ],
    "places-desk",
)
# Included at `me/bookings/`, as `bookings:`.
bookings = (
    [
        path("", mine.mine, name="list"),
        path("<int:booking>/", mine.one, name="one"),
        path("<int:booking>/move/", mine.move, name="move"),
        path("<int:booking>/booking.ics", mine.as_calendar, name="calendar"),
        path("series/<int:series>/", series.series, name="series"),
    ],
    "bookings",
)
# Included at `desk/bookings/`, as `bookings-desk:`.
bookings_desk = (
    [
        path("", booking_desk.inbox, name="inbox"),
        path("<int:booking>/", booking_desk.decide, name="decide"),
        path("series/<int:series>/", booking_desk.decide_series, name="series"),
        path("places/", setting.chosen, name="places"),
        path("at/<slug:slug>/", setting.setting, name="place"),
        path("at/<slug:slug>/units/new/", setting.unit, name="unit-new"),
        path("at/<slug:slug>/units/<int:unit>/", setting.unit, name="unit"),
        path("at/<slug:slug>/rules/new/", setting.policy, name="policy-new"),
        path("at/<slug:slug>/rules/<int:policy>/", setting.policy, name="policy"),
        path("at/<slug:slug>/seasons/new/", season.new, name="season-new"),
        path("at/<slug:slug>/seasons/<int:season>/", season.season, name="season"),
        path("at/<slug:slug>/use/", figures.use, name="use"),
        path("at/<slug:slug>/fees.csv", figures.fees, name="fees"),
    ],
    "bookings-desk",
)
# Included at `me/loans/`, as `loans:`.
my_loans = (
    [
        path("", loans.loans, name="list"),
        path("codes/", loans.codes, name="codes"),
        path("<int:loan>/", loans.loan, name="one"),
    ],
    "loans",
)
# Included at `me/doors/`, as `doors:`.
my_doors = ([path("", doors_pages.doors, name="mine")], "doors")
# Included at `desk/access/`, as `access-desk:`.
access_desk = (
    [
        path("", access_desk_pages.entrusted, name="list"),
        path("new/", access_desk_pages.new, name="new"),
        path("code/", phone_pages.code, name="code"),
        path("log/", access_desk_pages.log, name="log"),
        path("log.csv", access_desk_pages.log_file, name="log-file"),
        path("<int:entrusted>/", access_desk_pages.door, name="door"),
    ],
    "access-desk",
)
# Included at `box/`, as `box:`; where the QR code on a box leads.
box = ([path("<slug:key>/", borrow.box, name="one")], "box")
# Included at `desk/lending/`, as `lending-desk:`.
lending_desk = (
    [
        path("", lending_desk_pages.today, name="today"),
        path("cards/", lending_desk_pages.cards, name="cards"),
        path("kits/", lent.kits, name="kits"),
        path("kits/places/", lent.chosen, name="kit-places"),
        path("kits/at/<slug:slug>/new/", lent.new, name="kit-new"),
        path("kits/<int:kit>/", lent.kit, name="kit"),
        path("terms/", liability.liability, name="terms-keepers"),
        path("terms/<slug:keeper>/", liability.liability, name="terms"),
    ],
    "lending-desk",
)
