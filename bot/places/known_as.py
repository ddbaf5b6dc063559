"""Countries in their own words, and regions and islands that the list of cities does not name.

Each stands for what the list does name: a country, or a city of it. Without them a region would be
a far town of its name: there is a Bali in India, and a Java in Iran.
"""

from typing import Final

_IN_THEIR_WORDS: Final = {
    "germany": "deutschland, bayern, bavaria, saxony, hesse, westphalia, lower saxony, brandenburg",
    "spain": "espana",
    "italy": "italia, tuscany, toscana, sicily, sardinia, lombardy, veneto, piedmont, umbria",
    "france": "brittany, normandy, provence, corsica, alsace, burgundy, aquitaine, occitanie",
    "austria": "osterreich, tyrol, tirol, styria, carinthia",
    "switzerland": "schweiz, suisse, svizzera, ticino",
    "netherlands": "nederland, zeeland, friesland",
    "belgium": "belgie, belgique, flanders, wallonia",
    "norway": "norge, vestland, nordland, lofoten",
    "sweden": "sverige, scania, skane, gotland",
    "denmark": "danmark, jutland",
    "finland": "suomi, lapland, aland",
    "poland": "polska",
    "czechia": "cesko",
    "hungary": "magyarorszag",
    "greece": "hellas, ελλαδα, crete, peloponnese",
    "turkey": "turkiye, anatolia",
    "ukraine": "украіна",
    "ireland": "eire, ulster, connacht, leinster",
    "united kingdom": "u k",
    "united arab emirates": "u a e, emirates",
    "united states": "u s a, u s, the states",
    "ivory coast": "cote divoire",
    "russia": "россия",
    "japan": "nippon, nihon, 日本, hokkaido, honshu, kyushu, okinawa",
    "south korea": "한국, 대한민국, jeju",
    "china": "中国",
    "india": "kerala, goa, gujarat, rajasthan, karnataka, maharashtra, tamil nadu, bihar, assam",
    "brazil": "brasil",
}
_BY_A_CITY: Final = {
    "Denpasar, Indonesia": "bali",
    "Jakarta, Indonesia": "java, sumatra",
    "Makassar, Indonesia": "sulawesi, lombok",
    "Barcelona, Spain": "catalonia, cataluna, catalunya, andalusia, andalucia, mallorca, majorca",
    "Las Palmas de Gran Canaria, Spain": "canary islands, canaries, islas canarias, gran canaria, "
    "tenerife, lanzarote, fuerteventura",
    "Funchal, Portugal": "madeira",
    "Ponta Delgada, Portugal": "azores, acores",
    "Salvador, Brazil": "bahia",
    "Lhasa, China": "tibet",
}
KNOWN_AS: Final = {
    name: place
    for table in (_IN_THEIR_WORDS, _BY_A_CITY)
    for place, names in table.items()
    for name in names.split(", ")
}
"""From a folded name to the text that is looked up in its place."""
