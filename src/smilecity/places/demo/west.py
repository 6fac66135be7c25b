# SPDX-License-Identifier: EUPL-1.2
"""The demo's places in the west: Reutershagen, Hansaviertel, Gartenstadt/Stadtweide, the old suburb at the gate."""

from smilecity.places.demo.table import GREEN, HOUSE, OLD_HOUSE, DemoPlace, DemoUnit, litter, soil, sound

WEST = (
    DemoPlace(
        slug="kunsthalle",
        category="culture",
        area="reutershagen",
        position=(12.0835, 54.1010),
        de=(
            "Kunsthalle Rostock",
            "Kunst von heute am Schwanenteich. Das Haus von 1969 ist licht und weit; im Garten stehen Skulpturen.",
        ),
        en=(
            "Kunsthalle Rostock",
            "Art of today by the Schwanenteich. The house of 1969 is light and wide; sculptures stand in the garden.",
        ),
        street="Hamburger Straße 40",
        hours="Tu-Su 11:00-18:00; PH 11:00-18:00",
        quiet="Th 11:00-13:00",
        access=HOUSE,
        free=False,
        cost=("Einmal in der Woche frei.", "Free once a week."),
        indoors="both",
        languages=("de", "en"),
        keeper="museen",
        units=(DemoUnit("halle", ("Ausstellung", "Exhibition"), 120),),
        senses=(sound("kunsthalle"),),
    ),
    DemoPlace(
        slug="schwanenteichpark",
        category="park",
        area="reutershagen",
        position=(12.0815, 54.1022),
        de=(
            "Schwanenteichpark",
            (
                "Ein Teich mit Enten, ein Rundweg für Kinderwagen und Läuferinnen. Auf der Wiese wird im Sommer "
                "Boule gespielt."
            ),
        ),
        en=(
            "Schwanenteich park",
            "A pond with ducks, a circular path for prams and runners. In summer people play boules on the lawn.",
        ),
        hours="24/7",
        access=GREEN | {"light": "yes"},
        free=True,
        indoors="out",
        keeper="stadtgruen",
        units=(DemoUnit("wiese", ("Wiese", "Lawn"), 100),),
        senses=(soil("schwanenteichpark"), litter("schwanenteichpark")),
    ),
    DemoPlace(
        slug="bibliothek-reutershagen",
        category="learning",
        area="reutershagen",
        position=(12.0760, 54.1055),
        de=(
            "Stadtteilbibliothek Reutershagen",
            "Romane, Zeitungen und ein Sessel am Fenster. Hilfe mit dem Smartphone gibt es jeden Dienstag.",
        ),
        en=(
            "Reutershagen library",
            "Novels, newspapers and an armchair by the window. Help with smartphones every Tuesday.",
        ),
        hours="Tu,Fr 10:00-18:00; We 13:00-17:00; PH off",
        quiet="Fr 10:00-12:00; PH off",
        access=HOUSE,
        free=True,
        indoors="in",
        languages=("de", "en"),
        keeper="stadtbibliothek-rostock",
    ),
    DemoPlace(
        slug="markt-reutershagen",
        category="square",
        area="reutershagen",
        position=(12.0740, 54.1040),
        de=(
            "Markt Reutershagen",
            "Zweimal in der Woche Stände mit Fisch, Obst und Blumen. Sonst Platz zum Sitzen und Plaudern.",
        ),
        en=(
            "Reutershagen market",
            "Stalls with fish, fruit and flowers twice a week. Otherwise room to sit and chat.",
        ),
        hours="24/7",
        access=GREEN | {"surface": "paved", "light": "yes", "parking": "yes"},
        free=True,
        indoors="out",
    ),
    DemoPlace(
        slug="neptunschwimmhalle",
        category="sport",
        area="hansaviertel",
        position=(12.0985, 54.0855),
        de=(
            "Neptun-Schwimmhalle",
            (
                "Lange Bahnen, ein Sprungturm und ein warmes Becken für die Kleinen. Frühschwimmen für alle, die danach "
                "zur Arbeit müssen."
            ),
        ),
        en=(
            "Neptun swimming pool",
            (
                "Long lanes, a diving tower and a warm pool for the little ones. Early swimming for those who "
                "have work after."
            ),
        ),
        street="Kopernikusstraße 17",
        hours="Mo-Fr 06:00-08:00,14:00-21:00; Sa,Su 09:00-18:00; PH off",
        quiet="Mo 14:00-15:30; Su 09:00-10:00; PH off",
        entry=(
            "Lift ins Becken; die Kasse hilft beim Umkleiden.",
            "A lift into the pool; the desk helps with changing.",
        ),
        access=HOUSE | {"parking": "yes", "guidance": "yes"},
        free=False,
        cost=("Eintritt nach Zeit, Kinder zahlen weniger.", "By time, children pay less."),
        indoors="in",
        keeper="baeder",
        units=(
            DemoUnit("bahnen", ("Schwimmbahnen", "Lanes"), 80),
            DemoUnit("kinder", ("Kinderbecken", "Children's pool"), 40, "neptunschwimmhalle-kinder"),
        ),
        senses=(sound("neptunschwimmhalle"),),
    ),
    DemoPlace(
        slug="eishalle",
        category="sport",
        area="hansaviertel",
        position=(12.0945, 54.0890),
        de=(
            "Eishalle Schillingallee",
            "Öffentliches Eislaufen am Wochenende, Schuhe gibt es an der Kasse. Wer wackelt, nimmt einen Pinguin.",
        ),
        en=(
            "Schillingallee ice rink",
            "Public skating at the weekend, skates at the desk. Whoever wobbles takes a penguin.",
        ),
        street="Schillingallee 50",
        hours="Sep-Apr Fr 18:00-21:00; Sep-Apr Sa,Su 13:00-18:00",
        access={"step_free": "yes", "toilet": "yes", "seats": "yes"},
        free=False,
        indoors="in",
        keeper="amt-fuer-sport",
        units=(DemoUnit("eis", ("Eisfläche", "Ice"), 200),),
    ),
    DemoPlace(
        slug="leichtathletik-hansa",
        category="sport",
        area="hansaviertel",
        position=(12.0930, 54.0835),
        de=(
            "Laufbahn im Sportpark",
            "Vierhundert Meter rund, abends offen für alle, die ohne Verein laufen. Licht geht bis neun.",
        ),
        en=(
            "Running track in the sports park",
            "Four hundred metres round, open in the evening to all who run without a club. Lights until nine.",
        ),
        hours="Mo-Fr 18:00-21:00; Sa,Su 09:00-13:00",
        access={"step_free": "yes", "surface": "artificial", "light": "yes"},
        free=True,
        indoors="out",
        keeper="amt-fuer-sport",
    ),
    DemoPlace(
        slug="barnstorfer-wald",
        category="park",
        area="gartenstadt-stadtweide",
        position=(12.0790, 54.0850),
        de=(
            "Barnstorfer Wald",
            "Der Wald der Stadt: Laufstrecke, Vogelstimmen, alte Eichen. Vom Hansaviertel sind es zehn Minuten zu Fuß.",
        ),
        en=(
            "Barnstorf forest",
            "The city's forest: a running trail, birdsong, old oaks. Ten minutes on foot from the Hansa district.",
        ),
        hours="24/7",
        access={"step_free": "limited", "surface": "firm", "seats": "yes", "light": "no"},
        free=True,
        indoors="out",
        keeper="stadtgruen",
        units=(DemoUnit("weg", ("Hauptweg", "Main path"), 80),),
        senses=(soil("barnstorfer-wald"),),
    ),
    DemoPlace(
        slug="zoo",
        category="culture",
        area="gartenstadt-stadtweide",
        position=(12.0835, 54.0815),
        de=(
            "Zoo Rostock",
            (
                "Eisbären, Menschenaffen und ein Park voller seltener Bäume. Viele Wege sind eben, Bollerwagen "
                "kann man leihen."
            ),
        ),
        en=(
            "Rostock Zoo",
            "Polar bears, great apes and a park full of rare trees. Many paths are level, handcarts can be borrowed.",
        ),
        street="Rennbahnallee 21",
        hours="Apr-Oct Mo-Su 09:00-18:00; Nov-Mar Mo-Su 09:00-16:00",
        quiet="Tu 09:00-11:00",
        access=HOUSE | {"surface": "firm", "parking": "yes"},
        free=False,
        indoors="both",
        languages=("de", "en"),
    ),
    DemoPlace(
        slug="gartentreff-stadtweide",
        category="garden",
        area="gartenstadt-stadtweide",
        position=(12.0690, 54.0790),
        de=(
            "Gartentreff Stadtweide",
            "Hochbeete, ein Lehmofen, eine Bienenweide. Samstags gräbt, wer Lust hat; Stulle bitte mitbringen.",
        ),
        en=(
            "Stadtweide garden",
            "Raised beds, a clay oven, a meadow for bees. On Saturdays whoever likes digs; please bring a sandwich.",
        ),
        hours="Apr-Oct Sa 10:00-16:00; Apr-Oct We 16:00-19:00",
        access={"step_free": "limited", "toilet": "yes", "surface": "grass", "seats": "yes"},
        free=True,
        indoors="out",
        keeper="gartennachbarn",
        senses=(soil("gartentreff-stadtweide"),),
    ),
    DemoPlace(
        slug="volkstheater",
        category="culture",
        area="kroepeliner-tor-vorstadt",
        position=(12.1130, 54.0925),
        de=(
            "Volkstheater Rostock",
            (
                "Schauspiel, Oper, Tanz und Konzerte. Vor manchen Abenden gibt es eine Einführung, für manche "
                "Vorstellungen eine Hörhilfe."
            ),
        ),
        en=(
            "Volkstheater Rostock",
            "Drama, opera, dance and concerts. Some evenings begin with an introduction, some shows offer hearing aids.",
        ),
        street="Patriotischer Weg 33",
        hours='Tu-Sa 10:00-18:00 "Kasse"; PH off',
        access=HOUSE | {"guidance": "yes"},
        free=False,
        indoors="in",
        keeper="volkstheater",
    ),
    DemoPlace(
        slug="peter-weiss-haus",
        category="culture",
        area="kroepeliner-tor-vorstadt",
        position=(12.1155, 54.0895),
        de=(
            "Peter-Weiss-Haus",
            "Kultur und Bildung in einem alten Vereinshaus: Lesungen, Konzerte, Werkstätten und ein Freigarten.",
        ),
        en=(
            "Peter Weiss house",
            "Culture and education in an old clubhouse: readings, concerts, workshops and a garden.",
        ),
        street="Doberaner Straße 21",
        hours="Mo-Fr 12:00-20:00",
        access=OLD_HOUSE,
        indoors="both",
        languages=("de", "en"),
    ),
    DemoPlace(
        slug="frieda23",
        category="culture",
        area="kroepeliner-tor-vorstadt",
        position=(12.1110, 54.0900),
        de=(
            "Frieda 23",
            "Kino, Kunstschule, Radio und Werkstätten unter einem Dach. Vom Dachgarten sieht man bis zu den Kränen.",
        ),
        en=(
            "Frieda 23",
            "Cinema, art school, radio and workshops under one roof. From the roof garden you see as far as the cranes.",
        ),
        street="Friedrichstraße 23",
        hours="Mo-Fr 10:00-20:00; PH off",
        access=HOUSE,
        indoors="in",
        ages=(6, None),
        keeper="jugend-offen",
    ),
    DemoPlace(
        slug="doberaner-platz",
        category="square",
        area="kroepeliner-tor-vorstadt",
        position=(12.1190, 54.0890),
        de=(
            "Doberaner Platz",
            "Straßenbahnen aus allen Richtungen, Bänke unter Bäumen, immer jemand unterwegs.",
        ),
        en=("Doberaner Platz", "Trams from all directions, benches under trees, always someone on the way."),
        hours="24/7",
        access=GREEN | {"surface": "paved", "light": "yes", "guidance": "yes"},
        free=True,
        indoors="out",
        units=(DemoUnit("platz", ("Auf dem Platz", "On the square"), 150),),
        senses=(sound("doberaner-platz"),),
    ),
)
