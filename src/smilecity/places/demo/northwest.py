# SPDX-License-Identifier: EUPL-1.2
"""The demo's places in the northwest: Lichtenhagen, Groß Klein, Lütten Klein, Evershagen, Schmarl."""

from smilecity.places.demo.table import GREEN, HOUSE, OLD_HOUSE, DemoPlace, DemoUnit, litter, soil, sound

NORTHWEST = (
    DemoPlace(
        slug="brunnenboulevard",
        category="square",
        area="lichtenhagen",
        position=(12.0580, 54.1590),
        de=(
            "Boulevard Lichtenhagen",
            "Brunnen, Bänke und viel Platz zwischen den Häusern. Am Markttag trifft man hier den halben Stadtteil.",
        ),
        en=(
            "Lichtenhagen boulevard",
            "Fountains, benches and plenty of room between the houses. On market day you meet half the district here.",
        ),
        hours="24/7",
        access=GREEN | {"surface": "paved", "light": "yes"},
        free=True,
        indoors="out",
        units=(DemoUnit("brunnen", ("Am Brunnen", "By the fountain"), 120),),
        senses=(litter("brunnenboulevard"),),
    ),
    DemoPlace(
        slug="begegnungszentrum-lichtenhagen",
        category="meeting",
        area="lichtenhagen",
        position=(12.0545, 54.1575),
        de=(
            "Begegnungszentrum Lichtenhagen",
            (
                "Ein Haus für alle, die hier wohnen: Sprachcafé, Kleidertausch, Hausaufgaben und ein Garten hinter dem "
                "Haus. Wer Rat braucht, findet jemanden."
            ),
        ),
        en=(
            "Lichtenhagen meeting centre",
            (
                "A house for all who live here: language café, clothes swap, homework and a garden behind the house. "
                "Whoever needs advice finds someone."
            ),
        ),
        hours="Mo-Fr 09:00-18:00; PH off",
        access=HOUSE,
        free=True,
        indoors="both",
        languages=("de", "vi", "ru", "uk", "ar"),
    ),
    DemoPlace(
        slug="skatepark-nordwest",
        category="sport",
        area="lichtenhagen",
        position=(12.0610, 54.1560),
        de=(
            "Skatefläche Nordwest",
            "Rampen, Kanten und ein glatter Boden. Anfänger kommen vormittags, abends wird zugeschaut.",
        ),
        en=(
            "Northwest skate area",
            "Ramps, ledges and a smooth floor. Beginners come in the morning, in the evening people watch.",
        ),
        hours="Mo-Su 08:00-21:00",
        access={"step_free": "yes", "toilet": "no", "surface": "paved", "light": "yes"},
        free=True,
        indoors="out",
        ages=(8, None),
        keeper="amt-fuer-sport",
        units=(DemoUnit("flaeche", ("Skatefläche", "Skate area"), 25),),
    ),
    DemoPlace(
        slug="boergerhus",
        category="meeting",
        area="gross-klein",
        position=(12.0735, 54.1580),
        de=(
            "Börgerhus Groß Klein",
            (
                "Bürgerhaus mit Saal, Werkstatt und Küche. Feiern, Kurse und Versammlungen haben hier Platz; "
                "den Schlüssel "
                "gibt es gegen Unterschrift."
            ),
        ),
        en=(
            "Börgerhus Groß Klein",
            (
                "A citizens' house with hall, workshop and kitchen. There is room for parties, courses and meetings; you "
                "sign for the key."
            ),
        ),
        street="Gerüstbauerring 28",
        hours="Mo-Fr 09:00-20:00; Sa 10:00-16:00; PH off",
        access=HOUSE | {"parking": "yes"},
        indoors="in",
        languages=("de", "nds", "ru"),
        units=(DemoUnit("saal", ("Saal", "Hall"), 90),),
        senses=(sound("boergerhus"),),
    ),
    DemoPlace(
        slug="jugendtreff-gross-klein",
        category="meeting",
        area="gross-klein",
        position=(12.0700, 54.1605),
        de=(
            "Jugendtreff Groß Klein",
            "Kicker, Studio, Küche und Sofas. Niemand fragt nach Noten. Freitags wird zusammen gekocht.",
        ),
        en=(
            "Groß Klein youth club",
            "Table football, a studio, a kitchen and sofas. Nobody asks about marks. On Fridays people cook together.",
        ),
        hours="Tu-Fr 14:00-21:00; Sa 15:00-22:00; PH off",
        access=OLD_HOUSE,
        free=True,
        indoors="in",
        ages=(12, 21),
        languages=("de", "en", "ru", "ar"),
        keeper="jugend-offen",
    ),
    DemoPlace(
        slug="bolzplatz-gross-klein",
        category="sport",
        area="gross-klein",
        position=(12.0765, 54.1615),
        de=(
            "Bolzplatz Groß Klein",
            "Zwei Tore, ein Zaun, ein Ball. Wer zuerst da ist, spielt, und wer dazukommt, spielt mit.",
        ),
        en=(
            "Groß Klein football pitch",
            "Two goals, a fence, a ball. First come, first played, and whoever comes along joins in.",
        ),
        hours="Mo-Su 08:00-20:00",
        access={"step_free": "yes", "toilet": "no", "surface": "artificial", "light": "no"},
        free=True,
        indoors="out",
        ages=(6, None),
        keeper="nachbarn-gross-klein",
        units=(DemoUnit("feld", ("Spielfeld", "Pitch"), 16),),
    ),
    DemoPlace(
        slug="warnowufer-gross-klein",
        category="water",
        area="gross-klein",
        position=(12.0835, 54.1570),
        de=(
            "Warnowufer Groß Klein",
            "Bänke am breiten Wasser, gegenüber die Kräne. Abends stehen hier die Angler.",
        ),
        en=(
            "Groß Klein riverside",
            "Benches by the wide water, cranes on the other side. In the evening the anglers stand here.",
        ),
        hours="24/7",
        access={"step_free": "yes", "surface": "firm", "seats": "yes", "light": "no"},
        free=True,
        indoors="out",
        keeper="stadtgruen",
    ),
    DemoPlace(
        slug="treffpunkt-am-wasser",
        category="square",
        area="gross-klein",
        position=(12.0825, 54.1590),
        de=(
            "Treffpunkt am Wasser (in Planung)",
            "Hier soll ein Platz mit Tischen entstehen. Noch ist das intern: der Ortsbeirat und die Verwaltung sehen es.",
        ),
        en=(
            "Meeting point by the water (planned)",
            "A square with tables is planned here. It is still internal: the ward council and the city see it.",
        ),
        indoors="out",
        keeper="ortsbeirat-gross-klein",
        visibility="internal",
    ),
    DemoPlace(
        slug="bibliothek-luetten-klein",
        category="learning",
        area="luetten-klein",
        position=(12.0525, 54.1425),
        de=(
            "Stadtteilbibliothek Lütten Klein",
            "Bücher, Spiele und eine Ecke für die Kleinsten, mitten im Stadtteil. Vorlesen ist donnerstags.",
        ),
        en=(
            "Lütten Klein library",
            "Books, games and a corner for the smallest, in the middle of the district. Reading aloud is on Thursdays.",
        ),
        hours="Mo,Tu,Th 10:00-18:00; Fr 10:00-16:00; PH off",
        quiet="Mo 10:00-12:00; PH off",
        access=HOUSE,
        free=True,
        indoors="in",
        languages=("de", "en", "ru", "uk"),
        keeper="stadtbibliothek-rostock",
        units=(DemoUnit("raum", ("Leseraum", "Reading room"), 40),),
        senses=(sound("bibliothek-luetten-klein"),),
    ),
    DemoPlace(
        slug="mehrgenerationenhaus-luetten-klein",
        category="meeting",
        area="luetten-klein",
        position=(12.0490, 54.1400),
        de=(
            "Mehrgenerationenhaus Lütten Klein",
            (
                "Großeltern auf Zeit, Reparaturcafé, Mittagstisch. Drei Generationen an einem Tisch, und "
                "niemand isst allein."
            ),
        ),
        en=(
            "Lütten Klein multi-generation house",
            "Grandparents on loan, a repair café, lunch. Three generations at one table, and nobody eats alone.",
        ),
        hours="Mo-Fr 09:00-17:00; PH off",
        access=HOUSE | {"guidance": "no"},
        free=True,
        cost=("Das Mittagessen kostet wenig.", "Lunch costs little."),
        indoors="in",
        languages=("de", "ru", "vi", "dgs"),
    ),
    DemoPlace(
        slug="sporthalle-luetten-klein",
        category="sport",
        area="luetten-klein",
        position=(12.0560, 54.1450),
        de=(
            "Sporthalle Lütten Klein",
            "Turnen, Volleyball, Rollstuhlbasketball. Mittwochs steht die Halle allen offen, mit Trainerin Tina.",
        ),
        en=(
            "Lütten Klein sports hall",
            "Gymnastics, volleyball, wheelchair basketball. On Wednesdays the hall is open to all, with trainer Tina.",
        ),
        hours="Mo-Fr 16:00-21:30; Sa 10:00-18:00; PH off",
        access={
            "step_free": "yes",
            "toilet": "wheelchair",
            "surface": "artificial",
            "parking": "yes",
            "light": "yes",
        },
        free=False,
        cost=("Mittwochs frei, sonst im Verein.", "Free on Wednesdays, otherwise with the club."),
        indoors="in",
        ages=(4, None),
        keeper="tsv-luetten-klein",
        units=(DemoUnit("halle", ("Große Halle", "Main hall"), 45),),
    ),
    DemoPlace(
        slug="mehrgenerationenhaus-evershagen",
        category="meeting",
        area="evershagen",
        position=(12.0520, 54.1245),
        de=(
            "Mehrgenerationenhaus Evershagen",
            "Offene Tür, Beratung, Chor und eine Werkbank. Am Brett im Flur hängt, wer wobei Hilfe sucht.",
        ),
        en=(
            "Evershagen multi-generation house",
            "An open door, advice, a choir and a workbench. A board in the hall says who seeks help with what.",
        ),
        street="Maxim-Gorki-Straße 52",
        hours="Mo-Th 09:00-18:00; Fr 09:00-14:00; PH off",
        quiet="Th 09:00-11:00; PH off",
        access=HOUSE,
        free=True,
        indoors="in",
        languages=("de", "ru", "uk", "ar", "fa"),
    ),
    DemoPlace(
        slug="jugendhaus-evershagen",
        category="meeting",
        area="evershagen",
        position=(12.0480, 54.1270),
        de=(
            "Jugendhaus Evershagen",
            "Proberaum, Werkstatt, Mädchentag am Montag. Wer etwas vorhat, bekommt einen Schlüssel und Vertrauen.",
        ),
        en=(
            "Evershagen youth house",
            "A rehearsal room, a workshop, girls' day on Monday. Whoever has a plan gets a key and trust.",
        ),
        hours="Mo-Fr 14:00-20:00; PH off",
        access={"step_free": "no", "toilet": "yes"},
        free=True,
        indoors="in",
        ages=(10, 20),
        keeper="jugend-offen",
    ),
    DemoPlace(
        slug="fischerdorf-park",
        category="park",
        area="evershagen",
        position=(12.0600, 54.1280),
        de=(
            "Park am Fischerdorf",
            "Ein Teich, ein Rundweg und Wiesen zum Liegen. Im Winter wird gerodelt, wenn es denn schneit.",
        ),
        en=(
            "Fischerdorf park",
            "A pond, a circular path and lawns to lie on. In winter there is sledging, if it snows at all.",
        ),
        hours="24/7",
        access=GREEN,
        free=True,
        indoors="out",
        keeper="stadtgruen",
        senses=(soil("fischerdorf-park"),),
    ),
    DemoPlace(
        slug="haus-zwoelf",
        category="meeting",
        area="schmarl",
        position=(12.0820, 54.1320),
        de=(
            "Stadtteilhaus Schmarl",
            "Tanzkurs, Trödel, Elterncafé: ein Haus am Bach, in dem immer jemand den Wasserkocher anmacht.",
        ),
        en=(
            "Schmarl district house",
            "Dance class, jumble sale, parents' café: a house by the brook where someone always puts the kettle on.",
        ),
        street="Am Schmarler Bach",
        hours="Mo-Fr 10:00-18:00; PH off",
        access=HOUSE,
        free=True,
        indoors="in",
        languages=("de", "ru"),
    ),
    DemoPlace(
        slug="schifffahrtsmuseum",
        category="culture",
        area="schmarl",
        position=(12.0895, 54.1445),
        de=(
            "Schifffahrtsmuseum auf dem Traditionsschiff",
            "Ein Frachter als Museum: Brücke, Maschinenraum, Kojen. Wer mag, funkt selbst.",
        ),
        en=(
            "Maritime museum on the traditional ship",
            "A freighter as a museum: bridge, engine room, bunks. Whoever likes may send a radio message.",
        ),
        street="Schmarl-Dorf 40",
        hours="Apr-Oct Tu-Su 10:00-18:00; Nov-Mar Tu-Su 10:00-16:00",
        quiet="Tu 10:00-12:00",
        access={"step_free": "limited", "toilet": "yes", "seats": "yes"},
        free=False,
        indoors="in",
        languages=("de", "en"),
        keeper="museen",
    ),
)
