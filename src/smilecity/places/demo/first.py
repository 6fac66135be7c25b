# SPDX-License-Identifier: EUPL-1.2
"""The demo's first six places, whose sensors tell most: HafenSport and five more."""

from smilecity.places.demo.table import GREEN, HOUSE, DemoPlace, DemoUnit, litter, soil, sound, weather

FIRST = (
    DemoPlace(
        slug="hafensport",
        category="sport",
        area="kroepeliner-tor-vorstadt",
        position=(12.1253, 54.0918),
        de=(
            "HafenSport",
            (
                "Ein freier Sportplatz direkt am Wasser: Korbwürfe, Klimmzüge, Tischtennis. Niemand muss Mitglied sein, "
                "niemand zahlt. Bälle liegen in der Sportbox. Abends steht die Sonne über der Warnow."
            ),
        ),
        en=(
            "HafenSport",
            (
                "A free sports ground right by the water: basketball, pull-ups, table tennis. No membership, no fee. "
                "Balls are in the Sportbox. In the evening the sun stands over the Warnow."
            ),
        ),
        street="Am Strande, Stadthafen",
        hours="Mo-Su 06:00-22:00",
        quiet="Su 08:00-10:00",
        entry=(
            (
                "Von der Promenade ebenerdig, ohne Tor. Die Straßenbahn hält fünf Gehminuten entfernt. "
                "Fahrradbügel stehen am Rand."
            ),
            (
                "Level access from the promenade, no gate. The tram stops five minutes' walk away. "
                "Bicycle stands are at the edge."
            ),
        ),
        access={"step_free": "yes", "toilet": "no", "surface": "artificial", "seats": "yes", "light": "yes"},
        free=True,
        indoors="out",
        languages=("de", "en", "ar"),
        keeper="sv-hafensport",
        units=(
            DemoUnit("korb", ("Basketballfeld", "Basketball court"), 12, "hafensport-korb"),
            DemoUnit("kraft", ("Kraftgeräte", "Workout bars"), 10, "hafensport-kraft"),
        ),
        senses=(*weather("hafensport-wetter"), sound("hafensport"), litter("hafensport")),
    ),
    DemoPlace(
        slug="lindenpark",
        category="play",
        area="kroepeliner-tor-vorstadt",
        position=(12.1058, 54.088),
        de=(
            "Spielplatz Lindenpark",
            "Klettern, Sand und Schatten unter alten Linden. Für Kinder bis zwölf und alle, die sie begleiten.",
        ),
        en=(
            "Lindenpark playground",
            "Climbing, sand and shade under old lime trees. For children up to twelve and whoever is with them.",
        ),
        street="Lindenpark",
        hours="sunrise-sunset",
        entry=("Von allen Parkwegen offen.", "Open from all paths of the park."),
        access={"step_free": "limited", "toilet": "no", "surface": "loose", "seats": "yes"},
        free=True,
        indoors="out",
        ages=(1, 12),
        keeper="stadtgruen",
        units=(DemoUnit("spiel", ("Spielplatz", "Playground"), 30, "lindenpark-spiel"),),
        senses=(soil("lindenpark"),),
    ),
    DemoPlace(
        slug="iga-park",
        category="park",
        area="schmarl",
        position=(12.0865, 54.1432),
        de=("IGA-Park", "Weite Wiesen an der Warnow, Weidendom, Gärten und ein Museumsschiff in Sicht."),
        en=("IGA Park", "Wide lawns on the Warnow, the willow dome, gardens, and a museum ship in view."),
        street="Schmarl-Dorf",
        hours="Mo-Su 08:00-20:00",
        entry=("Eingang Ost und West, beide ohne Stufen.", "Entrances east and west, both without steps."),
        access=GREEN | {"toilet": "wheelchair", "parking": "yes"},
        indoors="out",
        keeper="stadtgruen",
        units=(DemoUnit("see", ("Am Eingang Ost", "At the east entrance"), 200, "iga-park-see"),),
        senses=(soil("iga-park"),),
    ),
    DemoPlace(
        slug="stadtbibliothek",
        category="learning",
        area="stadtmitte",
        position=(12.1337, 54.0884),
        de=(
            "Stadtbibliothek",
            "Lesen, lernen, sich aufwärmen. Arbeitsplätze mit Strom, ein ruhiger Saal und ein lauter für Familien.",
        ),
        en=(
            "City library",
            "Read, learn, get warm. Desks with power, a quiet room and a loud one for families.",
        ),
        street="Kröpeliner Straße 82",
        hours="Tu-Fr 10:00-18:00; Sa 10:00-15:00; PH off",
        quiet="Tu,Th 10:00-12:00; PH off",
        entry=(
            "Haupteingang mit Automatiktür, Aufzug zu allen Etagen.",
            "Main entrance with an automatic door, lift to all floors.",
        ),
        access=HOUSE | {"guidance": "yes"},
        free=True,
        cost=(
            "Lesen und Arbeiten sind frei. Wer ausleiht, braucht einen Ausweis.",
            "Reading and working are free. Borrowing takes a card.",
        ),
        indoors="in",
        languages=("de", "en", "uk", "ar"),
        keeper="stadtbibliothek-rostock",
        units=(DemoUnit("saal", ("Lesesaal", "Reading room"), 80, "bibliothek-saal"),),
        senses=(("sound", "bibliothek-schall", "sound"),),
    ),
    DemoPlace(
        slug="strand-warnemuende",
        category="water",
        area="warnemuende",
        position=(12.0747, 54.1807),
        de=(
            "Strand Warnemünde",
            "Breiter Strand mit Steg für Rollstühle. Im Sommer passen Rettungsschwimmer auf.",
        ),
        en=("Warnemünde beach", "A wide beach with a walkway for wheelchairs. In summer, lifeguards watch."),
        street="Seepromenade",
        hours="24/7",
        entry=(
            "Aufgang 7, Rampe und Holzsteg bis zum Wasser.",
            "Access 7, ramp and boardwalk to the water.",
        ),
        access={"step_free": "yes", "toilet": "wheelchair", "surface": "loose", "parking": "yes"},
        free=True,
        indoors="out",
        keeper="strand-und-hafen",
        units=(DemoUnit("aufgang", ("Strand am Aufgang 7", "Beach at access 7"), 400, "strand-aufgang"),),
        senses=(*weather("strand-wetter"), ("fill", "strand-eimer", "fill")),
    ),
    DemoPlace(
        slug="nachbarschaftstreff",
        category="meeting",
        area="gross-klein",
        position=(12.0716, 54.1563),
        de=(
            "Nachbarschaftstreff Groß Klein",
            "Café, Werkbank, Nähmaschinen und Leute, die zuhören. Für alle Generationen.",
        ),
        en=(
            "Groß Klein neighbourhood centre",
            "Café, workbench, sewing machines, and people who listen. For all generations.",
        ),
        street="Gerüstbauerring",
        hours="Mo-Fr 10:00-19:00; Sa 14:00-18:00; PH off",
        quiet="We 10:00-12:00; PH off",
        entry=("Tür zum Hof, klingeln genügt.", "Door to the yard, just ring."),
        access={"step_free": "yes", "toilet": "yes", "surface": "paved", "seats": "yes"},
        free=True,
        indoors="in",
        languages=("de", "ru", "uk", "ar"),
        keeper="nachbarn-gross-klein",
        units=(DemoUnit("cafe", ("Café", "Café"), 35, "treff-cafe"),),
    ),
)
