//! Stop words: words that are in most texts of a language and say little about their subjects, such as question words.

/// The stop words of a language, as folded forms in the order of their characters. In Chinese, pairs of characters.
pub(super) fn stop_words(primary: &str) -> &'static [&'static str] {
    match primary {
        "ar" => &ARABIC,
        "de" => &GERMAN,
        "en" => &ENGLISH,
        "es" => &SPANISH,
        "fr" => &FRENCH,
        "it" => &ITALIAN,
        "nl" => &DUTCH,
        "pt" => &PORTUGUESE,
        "ru" => &RUSSIAN,
        "sv" => &SWEDISH,
        "tr" => &TURKISH,
        "zh" => &CHINESE,
        _ => &[],
    }
}

#[rustfmt::skip]
const ARABIC: [&str; 82] = [
    "احد", "اذا", "اريد", "اعرف", "افعل", "التي", "الذي", "الذين", "الي", "ان", "انا", "انت", "او", "اي", "اين",
    "بعد", "بل", "به", "بها", "تكون", "تلك", "تم", "ثم", "حتي", "حيث", "ذلك", "شيء", "علي", "عليه", "عليها",
    "عن", "عند", "عندما", "في", "فيه", "فيها", "قبل", "قد", "كان", "كانت", "كل", "كم", "كما", "كيف", "كيفيه",
    "لا", "لكن", "لم", "لماذا", "لن", "له", "لها", "لهم", "ما", "ماذا", "متي", "مع", "من", "منذ", "منه", "منها",
    "نحن", "نعرف", "هذا", "هذه", "هل", "هم", "هنا", "هناك", "هو", "هولاء", "هي", "وعلي", "وفي", "ولا", "ومن",
    "يجب", "يعني", "يكون", "يمكن", "يمكنني", "ينبغي",
];

#[rustfmt::skip]
const GERMAN: [&str; 141] = [
    "ab", "aber", "als", "also", "am", "an", "auch", "auf", "aus", "bei", "beim", "bin", "bis", "bist",
    "brauche", "brauchen", "braucht", "da", "damit", "dann", "das", "dass", "dein", "dem", "den", "denn", "der",
    "deren", "des", "dessen", "die", "dies", "diese", "diesem", "diesen", "dieser", "dieses", "doch", "dort",
    "du", "durch", "ein", "eine", "einem", "einen", "einer", "eines", "er", "es", "etwas", "euch", "finden",
    "fur", "gegen", "gibt", "hab", "habe", "haben", "hat", "hatte", "hatten", "ich", "ihr", "ihre", "ihrem",
    "ihren", "ihrer", "im", "in", "ins", "ist", "ja", "jemand", "kann", "kannst", "kein", "keine", "konnen",
    "konnte", "mache", "machen", "macht", "man", "mein", "meine", "mir", "mit", "muss", "mussen", "nach",
    "nicht", "noch", "nur", "ob", "oder", "ohne", "sein", "seine", "seit", "sich", "sie", "sind", "so", "soll",
    "sollen", "tun", "uber", "um", "und", "uns", "unser", "unter", "vom", "von", "vor", "war", "waren", "warum",
    "was", "weiss", "welche", "welchem", "welchen", "welcher", "welches", "wenn", "wer", "werden", "wie",
    "wieso", "will", "wir", "wird", "wissen", "wo", "wollen", "wozu", "zu", "zum", "zur", "zwischen",
];

#[rustfmt::skip]
const ENGLISH: [&str; 136] = [
    "a", "about", "after", "also", "am", "an", "and", "another", "any", "anybody", "anyone", "anything", "are",
    "as", "at", "be", "because", "been", "before", "being", "between", "but", "by", "can", "could", "did", "do",
    "does", "doing", "done", "during", "each", "find", "for", "from", "get", "gets", "had", "happens", "has",
    "have", "having", "he", "her", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its",
    "know", "knows", "made", "make", "makes", "making", "many", "may", "me", "might", "mine", "more", "most",
    "much", "must", "my", "need", "needs", "no", "not", "of", "off", "on", "only", "onto", "or", "other",
    "ought", "our", "ours", "over", "same", "shall", "she", "should", "so", "some", "somebody", "someone",
    "something", "such", "tell", "than", "that", "the", "their", "theirs", "them", "then", "there", "these",
    "they", "this", "those", "through", "to", "under", "until", "us", "very", "want", "was", "we", "were",
    "what", "when", "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with",
    "within", "would", "you", "your", "yours",
];

#[rustfmt::skip]
const SPANISH: [&str; 130] = [
    "a", "al", "algo", "alguien", "ante", "aquel", "aquella", "aquellas", "aquellos", "aqui", "asi", "aun",
    "cada", "como", "con", "contra", "cual", "cuales", "cuando", "cuanta", "cuantas", "cuanto", "cuantos", "de",
    "debe", "deben", "deber", "debo", "del", "desde", "donde", "durante", "e", "el", "ella", "ellas", "ellos",
    "en", "encontrar", "entre", "era", "eran", "es", "esa", "esas", "ese", "eso", "esos", "esta", "estaba",
    "estan", "estar", "estas", "este", "esto", "estos", "fue", "fueron", "ha", "haber", "habia", "hace",
    "hacen", "hacer", "hago", "han", "hasta", "hay", "he", "la", "las", "le", "les", "lo", "los", "me", "mi",
    "mis", "muy", "necesita", "necesitan", "necesito", "ni", "no", "nos", "nosotros", "o", "os", "para", "pero",
    "por", "porque", "puede", "pueden", "puedo", "que", "quien", "quienes", "quiere", "quiero", "saber", "se",
    "sea", "segun", "ser", "si", "sin", "sobre", "son", "soy", "su", "sus", "tal", "tambien", "tan", "tener",
    "tengo", "tiene", "tienen", "tu", "tus", "u", "un", "una", "unas", "uno", "unos", "y", "ya", "yo",
];

#[rustfmt::skip]
const FRENCH: [&str; 124] = [
    "a", "afin", "ai", "aux", "avec", "c", "car", "ce", "ceci", "cela", "ces", "cet", "cette", "chez", "chose",
    "ci", "combien", "comme", "comment", "d", "dans", "de", "des", "devoir", "dois", "doit", "doivent", "donc",
    "dont", "du", "elle", "elles", "en", "entre", "es", "est", "et", "etaient", "etait", "etre", "eu", "eux",
    "faire", "fait", "falloir", "faut", "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "lors",
    "lui", "m", "ma", "mais", "me", "mes", "moi", "mon", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou",
    "par", "pas", "peut", "peuvent", "peux", "plus", "pour", "pourquoi", "pouvoir", "puis", "qu", "quand",
    "que", "quel", "quelle", "quelles", "quelqu", "quelque", "quelques", "quels", "qui", "quoi", "s", "sa",
    "sait", "sans", "savoir", "se", "ses", "si", "son", "sont", "sous", "sur", "t", "ta", "te", "tes", "toi",
    "ton", "trouver", "tu", "un", "une", "vers", "veut", "veux", "vos", "votre", "vous", "y",
];

#[rustfmt::skip]
const ITALIAN: [&str; 121] = [
    "a", "ad", "agli", "ai", "al", "alla", "alle", "allo", "anche", "bisogna", "c", "che", "chi", "ci", "come",
    "con", "cosa", "cui", "d", "da", "dagli", "dai", "dal", "dalla", "dalle", "dallo", "degli", "dei", "del",
    "dell", "della", "delle", "dello", "deve", "devo", "devono", "di", "dove", "dovere", "e", "ed", "era",
    "erano", "fa", "fare", "fra", "gli", "ha", "hanno", "i", "il", "in", "io", "l", "la", "le", "lei", "li",
    "lo", "loro", "lui", "ma", "mi", "mia", "mio", "ne", "negli", "nei", "nel", "nella", "nelle", "nello",
    "noi", "non", "o", "per", "perche", "piu", "posso", "possono", "potere", "puo", "qualcosa", "qualcuno",
    "quale", "quali", "quando", "quanto", "quella", "quelle", "quelli", "quello", "questa", "queste", "questi",
    "questo", "sapere", "se", "si", "sia", "so", "sono", "su", "sua", "sue", "sugli", "sui", "sul", "sulla",
    "sulle", "suo", "suoi", "tra", "trovare", "tu", "un", "una", "uno", "vi", "voglio", "voi",
];

#[rustfmt::skip]
const DUTCH: [&str; 75] = [
    "aan", "als", "bij", "daar", "dan", "dat", "de", "der", "deze", "die", "dit", "door", "een", "en", "er",
    "had", "heb", "hebben", "heeft", "hem", "het", "hij", "hoe", "hun", "ik", "in", "is", "ja", "je", "kan",
    "kun", "kunnen", "met", "mij", "mijn", "moet", "moeten", "na", "naar", "niet", "nog", "of", "om", "omdat",
    "onder", "ons", "ook", "op", "over", "te", "tegen", "tot", "u", "uit", "uw", "van", "veel", "voor", "waar",
    "waarom", "waren", "was", "wat", "welke", "werd", "wie", "wij", "word", "worden", "wordt", "zich", "zij",
    "zijn", "zo", "zou",
];

#[rustfmt::skip]
const PORTUGUESE: [&str; 110] = [
    "a", "algo", "alguem", "ao", "aos", "aquela", "aquele", "aqueles", "as", "ate", "com", "como", "da", "das",
    "de", "dela", "dele", "deles", "depois", "deve", "devem", "devo", "do", "dos", "e", "ela", "elas", "ele",
    "eles", "em", "encontrar", "entre", "era", "eram", "essa", "essas", "esse", "esses", "esta", "estao",
    "estas", "este", "estes", "eu", "faz", "fazer", "foi", "foram", "ha", "isso", "isto", "ja", "lhe", "mais",
    "mas", "me", "mesmo", "meu", "minha", "muito", "na", "nao", "nas", "nem", "no", "nos", "nossa", "nosso",
    "num", "numa", "o", "onde", "os", "ou", "para", "pela", "pelas", "pelo", "pelos", "pode", "podem", "poder",
    "por", "porque", "posso", "precisa", "preciso", "quais", "qual", "quando", "quanto", "que", "quem", "quero",
    "saber", "sao", "se", "sem", "ser", "seu", "seus", "so", "sua", "suas", "tambem", "te", "tem", "um", "uma",
    "voce",
];

#[rustfmt::skip]
const RUSSIAN: [&str; 159] = [
    "а", "без", "более", "бы", "был", "была", "были", "было", "быть", "в", "вам", "вами", "вас", "ваш", "ваша",
    "ваши", "весь", "во", "вот", "все", "всего", "всех", "вы", "где", "да", "делать", "для", "до", "должен",
    "должна", "должны", "его", "ее", "еи", "ему", "если", "есть", "еще", "же", "за", "зачем", "здесь", "знать",
    "и", "из", "или", "им", "ими", "их", "к", "как", "какая", "какие", "каким", "какои", "кем", "ко", "когда",
    "кого", "кому", "которая", "которые", "которыи", "которых", "кто", "куда", "ли", "либо", "меня", "мне",
    "мнои", "мое", "моего", "может", "можно", "мои", "моя", "мы", "на", "над", "надо", "наити", "нам", "нами",
    "нас", "наш", "наша", "наши", "не", "него", "нее", "неи", "нему", "нет", "ни", "ним", "них", "но", "ну",
    "нужно", "о", "об", "однако", "он", "она", "они", "оно", "от", "откуда", "очень", "по", "под", "почему",
    "при", "с", "сделать", "себе", "себя", "сколько", "следует", "со", "собои", "так", "также", "такое",
    "такои", "там", "твои", "те", "тебе", "тебя", "тем", "то", "тобои", "того", "тоже", "тои", "только", "том",
    "ты", "у", "уже", "узнать", "чего", "чеи", "чем", "чему", "что", "чтобы", "чьи", "эта", "эти", "этих",
    "это", "этого", "этои", "этом", "этот", "я",
];

#[rustfmt::skip]
const SWEDISH: [&str; 73] = [
    "alla", "ar", "att", "av", "bara", "dar", "de", "dem", "den", "denna", "deras", "dess", "dessa", "det",
    "detta", "dig", "din", "ditt", "du", "efter", "eller", "en", "ett", "for", "fran", "ha", "hade", "han",
    "har", "hon", "hos", "hur", "i", "icke", "ingen", "inte", "jag", "kan", "man", "med", "men", "mig", "min",
    "mitt", "mot", "mycket", "nar", "ni", "nu", "och", "om", "oss", "over", "pa", "sa", "sedan", "sin", "ska",
    "som", "till", "under", "upp", "ut", "vad", "var", "vara", "varfor", "vem", "vi", "vid", "vilka", "vilken",
    "vilket",
];

#[rustfmt::skip]
const TURKISH: [&str; 46] = [
    "acaba", "ama", "ancak", "bana", "bazi", "ben", "bir", "biz", "bu", "bunu", "da", "daha", "de", "degil",
    "diye", "en", "gibi", "hangi", "hem", "hep", "her", "icin", "ile", "ise", "kadar", "ki", "kim", "mi", "mu",
    "nasil", "ne", "neden", "nerede", "niye", "o", "olan", "olarak", "oldu", "olur", "onun", "sen", "siz", "su",
    "ve", "veya", "ya",
];

#[rustfmt::skip]
const CHINESE: [&str; 57] = [
    "一个", "不是", "为什", "为何", "为啥", "么样", "什么", "他们", "以及", "但是", "何处", "何时", "何种", "你们", "几个", "几种",
    "可以", "哪一", "哪个", "哪些", "哪儿", "哪种", "哪里", "因为", "多久", "多少", "如何", "如果", "就是", "应该", "必须", "怎么",
    "怎会", "怎样", "怎能", "想要", "我们", "或者", "所以", "才能", "是什", "是否", "是哪", "是谁", "有哪", "有没", "没有", "知道",
    "能否", "请问", "谁是", "还是", "这个", "这些", "那个", "那些", "需要",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::analyser::fold;

    #[test]
    fn stop_words_are_folded_and_sorted() {
        for language in ["ar", "de", "en", "es", "fr", "it", "nl", "pt", "ru", "sv", "tr", "zh"] {
            let words = stop_words(language);
            assert!(words.len() > 20 && words.is_sorted(), "{language}");
            assert!(words.iter().all(|word| fold(word) == *word), "{language}");
        }
        assert_eq!(stop_words("xx"), [""; 0]);
    }
}
