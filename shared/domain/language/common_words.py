"""Words that tell nothing about a text, and initials that look like common words when written small."""

from shared.domain.language.folding import fold
from shared.domain.language.words import Form

# Function words. A word that also says something in another large language is left out (war, die, son, car,
# era, men), so that a topic may search for it.
_STOP_WORDS = {
    "en": "a an the of and or to in on at by for with from as is are was were be been it its this that"
    " these those he she they we you his her their our not but if than then so such which who whom"
    " whose what when where how has have had do does did will would can could may might shall should"
    " must there here all any some no into about over under also more most other us i me him them my"
    " your",
    "fr": "le la les un une des du de d l et ou à au aux en dans par pour sur avec sans ce cet cette ces"
    " qui que qu quoi dont où il elle ils elles on nous vous leur leurs ses sa mes ma ne pas plus est"
    " sont été être ont a y se s n c j m t lui je tu comme mais donc",
    "es": "el la los las un una unos unas de del y o u e en con por para sin al lo que se su sus es son"
    " fue ser como más pero no ni ya este esta estos estas ese esa eso le les ha han hay muy",
    "pt": "o a os as um uma uns umas de do da dos das e ou em no na nos nas por com para ao aos à às que"
    " se seu sua seus suas é são foi ser como mais mas não nem já este esta isso ele ela eles elas"
    " lhe",
    "it": "il lo la i gli le un uno una di del dello della dei degli delle e o a al allo alla ai agli alle"
    " da dal in nel nella con su sul per che si non è sono era essere come più ma anche questo questa"
    " ha hanno",
    "de": "der das den dem des ein eine einen einem einer eines und oder aber zu zum zur von vom im in an"
    " am auf aus bei mit nach für durch um über unter ist sind wird werden nicht auch als wie dass es"
    " er sie wir ihr ich sich",
    "nl": "de het een en of van in op te met voor aan bij uit door naar dat deze dit zijn is was niet ook"
    " als er hij zij wij",
    "sv": "och att det som en ett på är av för med inte ett den de i till",
    "da": "og at det som en et på er af for med ikke den de i til",
    "pl": "i w na z do się nie jest są to że o a od po dla przez oraz jak",
    "ro": "și în la cu de pe din un o este sunt nu că se a al ale pentru",
    "tr": "ve bir bu ile için da de",
    "ru": "и в во на с со не что он она они мы вы я к ко по из за от до для у о об же бы как это его её их"
    " или а но",
    "uk": "і й та в у на з зі із не що він вона вони ми ви я до по за від для про як це його її їх або а"
    " але",
    "el": "ο η το οι τα του της των τον την και να σε με για από που θα δεν είναι στο στη στην",
    "ar": "في من على إلى عن مع أن إن ما لا هو هي هذا هذه ذلك التي الذي أو و ب ل",
    "fa": "و در به از که با این آن را برای است",
    "he": "של את על עם לא הוא היא זה כי או גם",
    "zh": "的 了 在 和 是 与 及",
    "ja": "の に は を た が で と も",
}  # fmt: skip

# Initials whose small letters are a word of some language that a release may well use; why each is here.
CAPITALS_ONLY = {
    "act": "initials, or the English act",
    "ai": "artificial intelligence, or Italian ai and French (j')ai",
    "aids": "the disease, or English aids",
    "asean": "the association, or a form of Spanish asear",
    "au": "the African Union, or French au",
    "ban": "initials, or a ban",
    "bit": "a labour office, or a bit",
    "can": "initials, or English can",
    "car": "a country's initials, or a car",
    "care": "the relief organisation, or care",
    "cop": "the climate conference, or a policeman",
    "dea": "the drug agency, or an Italian goddess",
    "dia": "an intelligence agency, or Spanish día (day)",
    "echo": "the humanitarian office, or an echo",
    "eu": "the European Union, or Portuguese eu (I)",
    "fed": "the central bank, or English fed",
    "gap": "initials, or a gap",
    "ia": "artificial intelligence, or Portuguese ia (was going)",
    "ice": "the customs agency, or ice",
    "ira": "the armed group, or Spanish ira (anger)",
    "is": "the armed group, or English is",
    "it": "information technology, or English it",
    "nato": "the alliance, or Italian nato (born)",
    "nice": "the health institute, or nice",
    "pace": "the parliamentary assembly, or a pace",
    "pen": "the writers' club, or a pen",
    "pin": "a secret number, or a pin",
    "salt": "the arms treaty, or salt",
    "sec": "the market regulator, or French sec (dry)",
    "smart": "initials, or smart",
    "start": "the arms treaty, or a start",
    "stem": "science and technology, or a stem",
    "swat": "a police unit, or to swat",
    "swift": "the payment network, or swift",
    "un": "the United Nations, or French and Spanish un",
    "uno": "the United Nations in German, or Spanish uno",
    "us": "the United States, or English us",
    "who": "the World Health Organization, or English who",
}

STOP_WORDS = frozenset(fold(word) for words in _STOP_WORDS.values() for word in words.split())


def needs_capitals(form: Form) -> bool:
    """Say whether a query's word, as it is written, matches only words in capitals (WHO, IT, US)."""
    return form.capitals and (form.folded in CAPITALS_ONLY or form.folded in STOP_WORDS)
