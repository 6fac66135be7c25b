# SPDX-License-Identifier: EUPL-1.2
"""The demo's places by the sea: Warnemünde and the heath."""

from smilecity.places.demo.table import (
    GREEN,
    HOUSE,
    OLD_HOUSE,
    SAND,
    DemoPlace,
    DemoUnit,
    litter,
    weather,
)

COAST = (
    DemoPlace(
        slug="leuchtturm-warnemuende",
        category="culture",
        area="warnemuende",
        position=(12.0852, 54.1814),
        de=(
            "Leuchtturm Warnemünde",
            (
                "Seit 1898 zeigt er den Schiffen den Weg. Auf dem Platz davor sitzt man auch ohne Eintritt gut. "
                "Oben sieht man bei klarem Wetter weit über die Ostsee."
            ),
        ),
        en=(
            "Warnemünde lighthouse",
            (
                "It has shown ships the way since 1898. The square in front is good to sit in without a ticket. "
                "On a clear day you see far over the Baltic from the top."
            ),
        ),
        street="Am Leuchtturm",
        hours="Apr-Oct Mo-Su 10:00-19:00",
        entry=(
            "Eine enge Wendeltreppe führt hinauf, kein Aufzug.",
            "A narrow spiral stair leads up, no lift.",
        ),
        access={"step_free": "no", "toilet": "no", "seats": "yes"},
        free=False,
        cost=("Der Aufstieg kostet einen kleinen Beitrag.", "Climbing it costs a small fee."),
        indoors="both",
        keeper="museen",
        senses=weather("leuchtturm-wetter"),
    ),
    DemoPlace(
        slug="alter-strom",
        category="square",
        area="warnemuende",
        position=(12.0877, 54.1780),
        de=(
            "Alter Strom",
            (
                "Kutter, Möwen und Bänke am Wasser. Hier wird flaniert, seit es Sommerfrische gibt. Morgens gehört "
                "der Strom noch den Fischern."
            ),
        ),
        en=(
            "Alter Strom",
            (
                "Fishing boats, gulls and benches by the water. People have strolled here ever since there were "
                "seaside holidays. In the morning it still belongs to the fishermen."
            ),
        ),
        street="Am Strom",
        hours="24/7",
        access=GREEN | {"toilet": "wheelchair", "light": "yes"},
        free=True,
        indoors="out",
        keeper="strand-und-hafen",
        units=(DemoUnit("ufer", ("Ufer an der Brücke", "Quay by the bridge"), 250),),
        senses=(litter("alter-strom"),),
    ),
    DemoPlace(
        slug="kurpark-warnemuende",
        category="park",
        area="warnemuende",
        position=(12.0772, 54.1782),
        de=(
            "Kurpark Warnemünde",
            (
                "Alte Bäume, viel Rasen und ein Spielplatz, nur ein paar Schritte vom Strand. Schatten gibt es hier auch "
                "im August."
            ),
        ),
        en=(
            "Warnemünde spa park",
            "Old trees, plenty of lawn and a playground, a few steps from the beach. There is shade here even in August.",
        ),
        hours="24/7",
        access=GREEN,
        free=True,
        indoors="out",
        keeper="stadtgruen",
    ),
    DemoPlace(
        slug="heimatmuseum-warnemuende",
        category="culture",
        area="warnemuende",
        position=(12.0857, 54.1772),
        de=(
            "Heimatmuseum Warnemünde",
            (
                "In einem alten Fischerhaus erzählen Stuben, Netze und Briefe vom Leben am Strom. Klein genug für einen "
                "Regennachmittag."
            ),
        ),
        en=(
            "Warnemünde local museum",
            (
                "In an old fisherman's house, parlours, nets and letters tell of life by the water. Small enough for a "
                "rainy afternoon."
            ),
        ),
        street="Alexandrinenstraße 31",
        hours="Apr-Oct Tu-Su 10:00-17:00; Nov-Mar We-Su 11:00-16:00; PH 11:00-16:00",
        quiet="We 11:00-12:00",
        access=OLD_HOUSE | {"toilet": "no"},
        free=False,
        indoors="in",
        keeper="museen",
    ),
    DemoPlace(
        slug="cafe-am-strom",
        category="meeting",
        area="warnemuende",
        position=(12.0866, 54.1764),
        de=(
            "Offenes Café am Strom (Demo)",
            (
                "Ein Café, das es nur in dieser Demo gibt. Der lange Tisch am Fenster ist für alle, auch ohne "
                "Bestellung. "
                "Dienstags wird Platt gesprochen."
            ),
        ),
        en=(
            "Open café am Strom (demo)",
            (
                "A café that exists in this demo only. The long table by the window is for everyone, ordering or not. "
                "On Tuesdays people speak Low German."
            ),
        ),
        street="Alexandrinenstraße",
        hours="Mo-Sa 09:00-18:00; Su,PH 10:00-17:00",
        access={"step_free": "limited", "toilet": "yes", "seats": "yes"},
        free=True,
        indoors="both",
        languages=("de", "nds", "en", "da"),
        keeper="cafe-am-strom",
        units=(DemoUnit("tisch", ("Langer Tisch", "Long table"), 24),),
    ),
    DemoPlace(
        slug="steilkueste-stoltera",
        category="park",
        area="warnemuende",
        position=(12.0300, 54.1700),
        de=(
            "Steilküste Stoltera",
            (
                "Oben Wald, unten Meer. Der Weg führt an der Kante entlang; nach Sturm bitte Abstand halten. Schwalben "
                "nisten in der Wand."
            ),
        ),
        en=(
            "Stoltera cliff",
            (
                "Woods above, sea below. The path follows the edge; please keep back after storms. Swallows "
                "nest in the wall."
            ),
        ),
        hours="24/7",
        access={"step_free": "limited", "surface": "loose"},
        free=True,
        indoors="out",
        keeper="stadtgruen",
    ),
    DemoPlace(
        slug="begegnung-warnemuende",
        category="meeting",
        area="warnemuende",
        position=(12.0700, 54.1745),
        de=(
            "Seniorentreff an der See",
            (
                "Kaffee um drei, Karten um vier, und wer neu ist, bekommt einen Platz am Tisch. Einmal im Monat wird "
                "gesungen."
            ),
        ),
        en=(
            "Seniors by the sea",
            "Coffee at three, cards at four, and whoever is new gets a seat at the table. Once a month there is singing.",
        ),
        hours="Mo-Th 13:00-17:00; PH off",
        access=HOUSE | {"parking": "yes"},
        free=True,
        indoors="in",
        ages=(60, None),
        keeper="mit-siebzig",
    ),
    DemoPlace(
        slug="strand-markgrafenheide",
        category="water",
        area="rostock-heide",
        position=(12.1460, 54.1965),
        de=(
            "Strand Markgrafenheide",
            (
                "Weiter Sand, dahinter gleich der Wald. Hier ist es auch im Juli stiller als drüben am Leuchtturm. Ein "
                "Abschnitt ist für Hunde da."
            ),
        ),
        en=(
            "Markgrafenheide beach",
            (
                "Wide sand with the forest right behind it. Even in July it is quieter than over by the lighthouse. One "
                "stretch is for dogs."
            ),
        ),
        hours="24/7",
        access=SAND | {"toilet": "yes", "parking": "yes"},
        free=True,
        indoors="out",
        keeper="strand-und-hafen",
        units=(DemoUnit("haupt", ("Strand am Hauptaufgang", "Beach at the main access"), 300),),
        senses=(*weather("heide-wetter"), litter("strand-markgrafenheide")),
    ),
    DemoPlace(
        slug="hohe-duene",
        category="water",
        area="rostock-heide",
        position=(12.1080, 54.1820),
        de=(
            "Strand Hohe Düne",
            (
                "Mit der Fähre sind es fünf Minuten hinüber. An der Mole sieht man die großen Schiffe so nah wie sonst "
                "nirgends."
            ),
        ),
        en=(
            "Hohe Düne beach",
            "Five minutes across by ferry. From the mole you see the big ships closer than anywhere else.",
        ),
        hours="24/7",
        entry=(
            "Von der Fähre ein ebener Weg, zuletzt Sand.",
            "A level path from the ferry, sand at the end.",
        ),
        access=SAND,
        free=True,
        indoors="out",
        keeper="strand-und-hafen",
    ),
    DemoPlace(
        slug="waldspielplatz-heide",
        category="play",
        area="rostock-heide",
        position=(12.2000, 54.2020),
        de=(
            "Waldspielplatz in der Heide",
            (
                "Balancieren auf Stämmen, Hütten bauen, Stille hören. Wer bis hierher radelt, hat sich das Picknick "
                "verdient."
            ),
        ),
        en=(
            "Forest playground in the heath",
            "Balance on trunks, build huts, listen to silence. Whoever cycles this far has earned the picnic.",
        ),
        hours="sunrise-sunset",
        access={"surface": "loose", "seats": "yes"},
        free=True,
        indoors="out",
        ages=(3, 14),
        keeper="stadtgruen",
    ),
)
