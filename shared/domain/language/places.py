"""Places that releases are dated from: what tells "Geneva – The fund …" from "Statement – The fund …"."""

# Cities with governments, agencies, courts and newswires, then countries, in the languages of their releases.
_CITY_NAMES = """
abidjan|abu dhabi|abuja|accra|addis ababa|addis-abeba|algiers|alger|algeri|amman|amsterdam|ankara
|antananarivo|ashgabat|asmara|athens|athènes|athen|atene|atenas|atlanta|auckland|baghdad|bagdad|baku
|bamako|bangkok|bangui|barcelona|barcelone|basel|bâle|beijing|pékin|peking|pechino|pekín|beirut|beyrouth
|belgrade|belgrad|belgrado|berlin|berlino|berlín|berlim|bern|berne|berna|bilbao|bishkek|bogota|bogotá
|bologna|bonn|boston|brasilia|brasília|bratislava|brazzaville|bremen|brussels|bruxelles|brüssel|bruselas
|bruxelas|brussel|bucharest|bucarest|bukarest|budapest|buenos aires|bujumbura|cairo|le caire|kairo
|el cairo|canberra|cape town|caracas|chicago|chisinau|chişinău|cologne|köln|colombo|conakry|copenhagen
|copenhague|kopenhagen|copenaghen|københavn|dakar|dallas|damascus|damas|dar es salaam|delhi|new delhi
|nueva delhi|denver|dhaka|djibouti|doha|dortmund|dresden|dubai|dublin|dublino|dublín|dushanbe|düsseldorf
|edinburgh|erevan|yerevan|essen|florence|firenze|florencia|frankfurt|frankfurt am main|francfort
|freetown|gaza|geneva|genève|genf|ginevra|ginebra|genebra|genoa|genova|glasgow|graz|guatemala|hague
|the hague|la haye|den haag|la haya|l'aja|hamburg|hanoi|hannover|harare|havana|la habana|la havane
|helsinki|ho chi minh city|hong kong|houston|islamabad|istanbul|jakarta|jerusalem|jérusalem|jerusalén
|johannesburg|juba|kabul|kaboul|kampala|karachi|kathmandu|khartoum|kiel|kigali|kingston|kinshasa
|kuala lumpur|kuwait|kuwait city|kyiv|kiev|kiew|lagos|la paz|lausanne|leipzig|libreville|lille|lima
|lisbon|lisbonne|lissabon|lisboa|lisbona|ljubljana|lomé|london|londres|londra|los angeles|luanda|lusaka
|luxembourg|luxemburg|luxemburgo|lussemburgo|lyon|lyons|madrid|mailand|mainz|malabo|managua|manama
|manila|manille|maputo|marseille|mexico|mexico city|ciudad de méxico|méxico|miami|milan|milano|minsk
|mogadishu|monaco|monrovia|montevideo|montreal|montréal|moscow|moscou|moskau|mosca|moscú|münchen|munich
|mumbai|muscat|nairobi|naples|napoli|n'djamena|niamey|nicosia|nouakchott|new york|nueva york|nova york
|nova iorque|nouméa|oslo|ottawa|ouagadougou|palermo|panama|panamá|panama city|paris|parigi|parís
|philadelphia|phnom penh|port-au-prince|port louis|porto|potsdam|praha|prague|prag|praga|pretoria
|pristina|quito|rabat|reykjavik|riga|rio de janeiro|riyadh|riyad|rome|roma|rom|rotterdam|saarbrücken
|salzburg|san francisco|san josé|san salvador|sanaa|santiago|santiago de chile|santo domingo|sao paulo
|são paulo|sarajevo|seattle|seoul|séoul|sevilla|shanghai|singapore|singapour|skopje|sofia|stockholm
|stuttgart|strasbourg|straßburg|estrasburgo|strasburgo|sydney|taipei|tallinn|tashkent|tbilisi
|tegucigalpa|teheran|téhéran|tehran|tel aviv|tirana|tokyo|tokio|toronto|toulouse|trieste|tripoli|tunis
|tunisi|turin|torino|ulaanbaatar|valencia|valletta|vancouver|vaduz|venice|venezia|vienna|vienne|wien
|viena|vientiane|vilnius|warsaw|varsovie|warschau|varsavia|varsovia|warszawa|washington|washington dc
|washington d.c|wellington|wiesbaden|windhoek|yamoussoukro|yangon|yaoundé|zagreb|zürich|zurich
|united nations|nations unies|naciones unidas|москва|санкт-петербург|киев|київ|минск|женева|париж
|брюссель|вашингтон|нью-йорк|лондон|берлин|пекин|астана|جنيف|نيويورك|القاهرة|الرياض|جدة|دبي|أبوظبي
|أبو ظبي|الدوحة|الكويت|المنامة|مسقط|عمان|عمّان|بيروت|دمشق|بغداد|القدس|غزة|رام الله|تونس|الجزائر|الرباط
|طرابلس|الخرطوم|صنعاء|عدن|باريس|لندن|واشنطن|بروكسل|روما|أنقرة|طهران|موسكو|فيينا|日内瓦|北京|纽约|联合国|上海|华盛顿
|布鲁塞尔|巴黎|伦敦|东京|香港|日內瓦|東京|ジュネーブ|ニューヨーク|서울|제네바
"""
_COUNTRY_NAMES = """
afghanistan|algeria|algérie|argentina|armenia|australia|austria|autriche|azerbaijan|bangladesh|belgium
|belgique|bolivia|brazil|brasil|brésil|bulgaria|cameroon|cameroun|canada|chad|tchad|chile|china|chine
|colombia|congo|croatia|cuba|cyprus|denmark|deutschland|ecuador|egypt|égypte|españa|estonia|ethiopia
|finland|france|francia|frankreich|georgia|germany|allemagne|ghana|greece|grèce|haiti|haïti|honduras
|hungary|india|inde|indonesia|iran|iraq|ireland|irlande|israel|israël|italia|italie|italien|italy|japan
|japon|jordan|jordanie|kazakhstan|kenya|latvia|lebanon|liban|libya|libye|lithuania|madagascar|malaysia
|mali|malta|morocco|maroc|mozambique|myanmar|nepal|netherlands|pays-bas|new zealand|nicaragua|niger
|nigeria|norway|österreich|oman|pakistan|paraguay|peru|perú|philippines|poland|pologne|portugal|qatar
|romania|russia|rwanda|saudi arabia|schweiz|senegal|sénégal|serbia|slovakia|slovenia|somalia
|south africa|south korea|south sudan|spain|spanien|espagne|sri lanka|sudan|soudan|suisse|sweden|suède
|switzerland|syria|syrie|svizzera|tanzania|thailand|tunisia|tunisie|turkey|türkiye|turquie|uganda
|ukraine|united kingdom|royaume-uni|united states|états-unis|uruguay|uzbekistan|venezuela|vietnam|yemen
|yémen|zambia|zimbabwe|россия|украина|швейцария|مصر|السعودية|الأردن|لبنان|سوريا|العراق|اليمن|السودان
|المغرب|سويسرا|中国|瑞士|日本
"""
CITIES = frozenset(_CITY_NAMES.replace("\n", "").split("|"))
COUNTRIES = frozenset(_COUNTRY_NAMES.replace("\n", "").split("|"))


def is_city(name: str) -> bool:
    """Tell whether this is a city that releases are often dated from."""
    return _fold(name) in CITIES


def is_place(name: str) -> bool:
    """Tell whether this is such a city, or a country."""
    return _fold(name) in CITIES or _fold(name) in COUNTRIES


def _fold(name: str) -> str:
    return name.strip(" .").replace("’", "'").casefold()
