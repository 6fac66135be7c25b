# SPDX-License-Identifier: EUPL-1.2
"""`smile init --example`: a file of answers with a word on each."""

EXAMPLE = '''\
# Answers for `smile init FILE`. Lines with # say nothing. Paths are beside this file.

[city]
name = "Musterstadt"
# Who answers for the pages; stands in the imprint.
contact = """
Stadt Musterstadt
Am Markt 1, 12345 Musterstadt
stadt@musterstadt.example"""
# Official key of the municipality (AGS, 8 digits). Needed if there are areas.
# key = "01001000"
# Federal state, for its public holidays: BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH.
# state = "SH"
time_zone = "Europe/Berlin"
languages = ["de", "en"]
# Colours of buttons and links: dark enough for light pages, light enough for dark ones.
# accent = "#0c5d55"
# accent_dark = "#83d8c6"
# An SVG or PNG of at most 200 kB.
# logo = "logo.svg"

# The city's parts, as GeoJSON (EPSG:4326, 25832 or 25833). They can be imported later, too.
# [areas]
# file = "districts.geojson"
# level = "district"
# key_field = "key"
# name_field = "name"

# Legal texts in Markdown. Without them there are templates, marked as to be checked.
# [texts.imprint]
# de = "impressum.md"
# en = "imprint.md"
# [texts.privacy]
# de = "datenschutz.md"
# [texts.accessibility]
# de = "barrierefreiheit.md"
# [texts.enforcement]
# de = "durchsetzungsstelle.md"
# [texts.rules]
# de = "hausregeln.md"

[node]
# As residents type it. https makes cookies secure.
# address = "https://smile.musterstadt.example"
# host = "127.0.0.1"
port = 8000
# proxies = ["127.0.0.1"]
# A PostgreSQL (15 or newer) of your own instead of the node's.
# database = "postgresql://smile:secret@db.musterstadt.example/smile"

# Without a server, mail is kept as files in the data folder.
# [mail]
# server = "smtp://user:secret@mail.musterstadt.example:587?tls=starttls"
# from = "Musterstadt <noreply@musterstadt.example>"

# The first person who may do everything. A link to set a password is printed at the end.
[operator]
email = "it@musterstadt.example"
pseudonym = "Stadtbetrieb"
'''
