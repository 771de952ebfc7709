//! Recognises languages that the statistics of `whatlang` do not cover, by letters that others do not use and by their most frequent
//! words.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language with the letters that tell it from other languages in its script.
struct Letters {
    tag: &'static str,
    letters: &'static str,
    /// Whether the statistics cover it, so that it is in the table only to be compared.
    is_covered: bool,
}

/// The letters of languages in Cyrillic script that Russian does not have.
const CYRILLIC: [Letters; 12] = [
    Letters { tag: "be", letters: "іў", is_covered: true },
    Letters { tag: "uk", letters: "іїєґ", is_covered: true },
    Letters { tag: "mk", letters: "ѓѕјљњќџѐѝ", is_covered: true },
    Letters { tag: "sr", letters: "ђјљњћџ", is_covered: true },
    Letters { tag: "mn", letters: "өү", is_covered: false },
    Letters { tag: "ky", letters: "ңөү", is_covered: false },
    Letters { tag: "uz-Cyrl", letters: "ўқғҳ", is_covered: false },
    Letters { tag: "tg", letters: "ғӣқӯҳҷ", is_covered: false },
    Letters { tag: "cv", letters: "ӑӗҫӳ", is_covered: false },
    Letters { tag: "tt", letters: "әөүҗңһ", is_covered: false },
    Letters { tag: "kk", letters: "әғқңөұүһі", is_covered: false },
    Letters { tag: "ba", letters: "ғҙҡңөҫүһә", is_covered: false },
];

/// Letters of languages in Arabic script that no other language in these tables has.
const ARABIC: [Letters; 6] = [
    Letters { tag: "fa", letters: "", is_covered: true },
    Letters { tag: "ur", letters: "ٹڈڑںے", is_covered: true },
    Letters { tag: "ckb", letters: "ێڵڕڤ", is_covered: false },
    Letters { tag: "ps", letters: "ټډړږښځڅڼۍ", is_covered: false },
    Letters { tag: "sd", letters: "ڄڃڀٿٺڏڌڊڍڙڦڳڱڻ", is_covered: false },
    Letters { tag: "ug", letters: "ۇۈۋڭ", is_covered: false },
];

/// How many of a thousand letters must be such letters.
const MIN_LETTERS_IN_THOUSAND: usize = 10;

/// A language with its most frequent words.
struct Words {
    tag: &'static str,
    words: &'static [&'static str],
    is_covered: bool,
}

/// Frequent words of languages in Latin script. Those that the statistics cover are here because they share words with the others.
const LATIN: [Words; 45] = [
    covered(
        "ca",
        &[
            "els", "les", "del", "dels", "per", "amb", "que", "una", "són", "i", "de", "la", "el", "en", "és", "ha",
            "han", "o",
        ],
    ),
    covered(
        "cs",
        &["se", "na", "že", "je", "jsou", "pro", "a", "v", "do", "od", "nebo", "jako", "by", "ve", "které", "při"],
    ),
    covered(
        "da",
        &["og", "at", "det", "der", "ikke", "en", "af", "med", "til", "er", "som", "på", "den", "har", "fra", "eller"],
    ),
    covered(
        "de",
        &[
            "der", "die", "und", "in", "den", "von", "zu", "das", "mit", "ist", "des", "auf", "für", "nicht", "ein",
            "eine",
        ],
    ),
    covered(
        "en",
        &["the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "with", "as", "on", "be", "are", "by"],
    ),
    covered(
        "es",
        &["de", "la", "que", "el", "en", "y", "los", "del", "las", "una", "por", "con", "no", "es", "para", "como"],
    ),
    covered("et", &["ja", "on", "ei", "et", "kui", "mis", "see", "ka", "oma", "või", "oli", "ning", "peab"]),
    covered("fi", &["ja", "on", "ei", "että", "se", "oli", "myös", "tai", "joka", "kuin", "ovat", "hän"]),
    covered("fil", &["ang", "ng", "sa", "mga", "na", "at", "ay", "ni", "para", "hindi", "isang", "kung"]),
    covered(
        "fr",
        &["de", "la", "le", "et", "les", "des", "en", "un", "du", "une", "que", "est", "pour", "qui", "dans", "par"],
    ),
    covered(
        "hr",
        &["je", "i", "se", "u", "na", "da", "su", "za", "od", "ili", "koji", "koja", "kao", "biti", "ima", "pravo"],
    ),
    covered("hu", &["a", "az", "és", "hogy", "nem", "is", "egy", "meg", "van", "vagy", "minden", "mint"]),
    covered(
        "id",
        &[
            "yang", "dan", "di", "dengan", "untuk", "dalam", "tidak", "ini", "dari", "pada", "orang", "atau", "setiap",
            "harus",
        ],
    ),
    covered(
        "it",
        &["di", "e", "il", "la", "che", "in", "un", "per", "del", "della", "non", "sono", "con", "una", "si", "gli"],
    ),
    covered("jv", &["ing", "kang", "lan", "iku", "saka", "wong", "ora", "karo", "marang", "saben", "utawa"]),
    covered("lt", &["ir", "yra", "kad", "į", "su", "iš", "ne", "kaip", "arba", "bei", "turi", "teisę"]),
    covered("lv", &["un", "ir", "ar", "no", "uz", "par", "vai", "ka", "kas", "to", "pie", "tiesības"]),
    covered(
        "nb",
        &["og", "er", "det", "ikke", "en", "av", "til", "som", "på", "for", "med", "har", "de", "et", "eller"],
    ),
    covered(
        "nl",
        &["de", "het", "een", "van", "en", "in", "is", "dat", "op", "te", "zijn", "voor", "met", "niet", "aan", "of"],
    ),
    covered("pl", &["i", "w", "na", "z", "się", "do", "nie", "jest", "że", "o", "oraz", "przez", "lub", "dla", "od"]),
    covered(
        "pt",
        &[
            "de", "a", "o", "que", "e", "do", "da", "em", "um", "para", "com", "não", "uma", "os", "no", "se", "dos",
            "das", "ou", "à",
        ],
    ),
    covered(
        "ro",
        &["și", "de", "în", "la", "cu", "pe", "să", "din", "care", "este", "nu", "sau", "şi", "pentru", "prin"],
    ),
    covered("sk", &["a", "v", "na", "sa", "je", "že", "sú", "pre", "do", "alebo", "ako", "aby", "ktoré", "pri"]),
    covered("sl", &["in", "je", "v", "na", "se", "da", "za", "so", "ki", "ali", "pri", "bi", "ima", "pravico"]),
    covered(
        "sv",
        &["och", "att", "det", "som", "en", "på", "är", "av", "för", "med", "till", "den", "har", "inte", "eller"],
    ),
    covered(
        "af",
        &["die", "van", "en", "het", "in", "is", "nie", "om", "te", "vir", "met", "dat", "aan", "wat", "of", "hulle"],
    ),
    covered("tr", &["ve", "bir", "bu", "için", "ile", "da", "de", "olarak", "veya", "her", "olan", "gibi"]),
    covered("vi", &["và", "của", "các", "là", "có", "trong", "được", "người", "cho", "không", "một", "với"]),
    uncovered(
        "eu",
        &[
            "eta", "da", "du", "ez", "dira", "dute", "bat", "ere", "den", "duen", "edo", "behar", "egin", "gero",
            "baina", "izan", "bere",
        ],
    ),
    uncovered(
        "ga",
        &[
            "an", "na", "agus", "ar", "ag", "go", "do", "le", "bhí", "sé", "den", "gach", "nó", "sin", "atá", "tá",
            "ina", "leis", "is",
        ],
    ),
    uncovered(
        "gd",
        &[
            "an", "na", "agus", "a", "air", "tha", "do", "gu", "le", "bha", "ann", "chan", "bhith", "iad", "gach",
            "mar", "bu",
        ],
    ),
    uncovered(
        "gl",
        &[
            "de", "a", "o", "que", "e", "do", "da", "en", "un", "para", "con", "non", "unha", "os", "no", "se", "dos",
            "das", "ou", "ao",
        ],
    ),
    uncovered(
        "ha",
        &[
            "da", "ya", "ta", "ba", "ne", "ce", "su", "kuma", "an", "za", "don", "wannan", "cikin", "suna", "duk",
            "yi", "shi", "na",
        ],
    ),
    uncovered(
        "ht",
        &[
            "yo", "nan", "ak", "pou", "li", "ki", "se", "nou", "pa", "te", "gen", "sa", "tout", "moun", "yon", "ap",
            "ou", "la",
        ],
    ),
    uncovered(
        "is",
        &[
            "og", "að", "er", "sem", "ekki", "við", "um", "það", "til", "hann", "með", "fyrir", "eru", "þeir", "hver",
            "eða", "af", "í", "á",
        ],
    ),
    uncovered(
        "ku",
        &[
            "û", "di", "de", "ji", "bi", "ku", "li", "her", "na", "ew", "xwe", "hemû", "ne", "yên", "ya", "jî", "hev",
            "divê",
        ],
    ),
    uncovered(
        "lb",
        &[
            "an", "vun", "déi", "dat", "net", "op", "mat", "fir", "ze", "och", "sech", "eng", "en", "si", "de", "d",
            "huet", "ass",
        ],
    ),
    uncovered(
        "ms",
        &[
            "yang",
            "dan",
            "di",
            "bagi",
            "kepada",
            "boleh",
            "kerana",
            "daripada",
            "hendaklah",
            "ialah",
            "atau",
            "tiada",
            "oleh",
            "akan",
            "itu",
            "bahawa",
        ],
    ),
    uncovered(
        "mt",
        &[
            "u", "ta", "li", "il", "fil", "minn", "għal", "jew", "kollha", "hija", "huwa", "ma", "din", "dan",
            "għandu", "fi", "bi", "huma", "id",
        ],
    ),
    uncovered(
        "nn",
        &[
            "og", "ikkje", "ein", "eit", "dei", "frå", "som", "til", "av", "med", "skal", "er", "på", "har", "vere",
            "eller", "alle", "kva",
        ],
    ),
    uncovered(
        "oc",
        &[
            "e", "de", "la", "lo", "los", "las", "que", "dels", "dins", "amb", "un", "una", "son", "per", "es", "ni",
            "en", "sus",
        ],
    ),
    uncovered(
        "rw",
        &[
            "mu", "ku", "na", "ya", "cyangwa", "kandi", "ni", "uko", "ko", "umuntu", "wese", "kugira", "bya", "by",
            "ibyo", "afite", "muri", "kuri", "uyu", "byo",
        ],
    ),
    uncovered(
        "so",
        &[
            "iyo", "ka", "ku", "ee", "waa", "in", "uu", "ay", "oo", "la", "waxaa", "u", "ah", "soo", "si", "leh",
            "kasta", "qof", "xor",
        ],
    ),
    uncovered(
        "sq",
        &[
            "të", "dhe", "në", "një", "i", "e", "për", "me", "që", "është", "nga", "u", "se", "nuk", "ka", "janë",
            "çdo", "ose",
        ],
    ),
    uncovered(
        "sw",
        &[
            "na", "ya", "wa", "kwa", "ni", "katika", "za", "la", "cha", "hii", "yake", "ili", "au", "watu", "wote",
            "kila", "haki", "lakini", "wake",
        ],
    ),
];

const fn covered(tag: &'static str, words: &'static [&'static str]) -> Words {
    Words { tag, words, is_covered: true }
}

const fn uncovered(tag: &'static str, words: &'static [&'static str]) -> Words {
    Words { tag, words, is_covered: false }
}

/// How many words a text must have so that its frequent words say something about its language.
const MIN_WORDS: usize = 20;

/// How many words of a text are examined.
const MAX_WORDS: usize = 4000;

/// How many of a hundred words must be frequent words of the language.
const MIN_FREQUENT_IN_HUNDRED: usize = 18;

/// How many different frequent words a text must have.
const MIN_DIFFERENT: usize = 4;

/// The tag of the language of a text, if the statistics do not cover it.
pub(super) fn recognise(text: &str) -> Option<&'static str> {
    by_letters(text).or_else(|| by_words(text))
}

fn by_letters(text: &str) -> Option<&'static str> {
    let (mut cyrillic, mut arabic, mut latin, mut others) = (0usize, 0usize, 0usize, 0usize);
    let (mut alef_ti, mut alef_am) = (0usize, 0usize);
    let mut counts = [0usize; CYRILLIC_LETTERS.len()];
    let mut arabic_counts = [0usize; ARABIC.len()];
    for letter in text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase) {
        match letter {
            '\u{400}'..='\u{52f}' => {
                cyrillic += 1;
                if let Some(at) = CYRILLIC_LETTERS.iter().position(|other| *other == letter) {
                    counts[at] += 1;
                }
            }
            '\u{600}'..='\u{6ff}' => {
                arabic += 1;
                if let Some(at) = ARABIC.iter().position(|language| language.letters.contains(letter)) {
                    arabic_counts[at] += 1;
                }
            }
            'ኣ' => alef_ti += 1,
            'አ' => alef_am += 1,
            'a'..='z' => latin += 1,
            _ => others += 1,
        }
    }
    let all = cyrillic + arabic + latin + others + alef_ti + alef_am;
    let enough = |count: usize| count * 1000 >= MIN_LETTERS_IN_THOUSAND * all && count > 1;
    if enough(alef_ti) && alef_ti > 2 * alef_am {
        return Some("ti");
    }
    if arabic * 2 > all {
        let most = ARABIC.iter().zip(arabic_counts).max_by_key(|(_, count)| *count)?;
        return Some(most)
            .filter(|(language, count)| !language.is_covered && enough(*count))
            .map(|(language, _)| language.tag);
    }
    if cyrillic * 2 <= all || !enough(counts.iter().sum()) {
        return None;
    }
    // A letter that occurs once in a thousand may be in a name.
    let is_used = |count: usize| count * 500 >= cyrillic && count > 0;
    let used: Vec<char> =
        CYRILLIC_LETTERS.iter().zip(counts).filter(|(_, count)| is_used(*count)).map(|(letter, _)| *letter).collect();
    let mut languages = CYRILLIC.iter().filter(|language| used.iter().all(|letter| language.letters.contains(*letter)));
    let language = languages.next().filter(|_| !used.is_empty())?;
    (!language.is_covered).then_some(language.tag)
}

/// All letters in [`CYRILLIC`].
const CYRILLIC_LETTERS: [char; 39] = [
    'і', 'ў', 'ї', 'є', 'ґ', 'ѓ', 'ѕ', 'ј', 'љ', 'њ', 'ќ', 'џ', 'ѐ', 'ѝ', 'ђ', 'ћ', 'ө', 'ү', 'ң', 'қ', 'ғ', 'ҳ', 'ӣ',
    'ӯ', 'ҷ', 'ӑ', 'ӗ', 'ҫ', 'ӳ', 'ә', 'җ', 'һ', 'ұ', 'ҙ', 'ҡ', 'ӕ', 'ҥ', 'ҕ', 'ӈ',
];

/// The languages of each frequent word: bit `n` stands for `LATIN[n]`.
static LANGUAGES_OF_WORDS: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| {
    let mut languages: HashMap<&str, u64> = HashMap::new();
    for (number, language) in LATIN.iter().enumerate() {
        for word in language.words {
            *languages.entry(word).or_default() |= 1 << number;
        }
    }
    languages
});

fn by_words(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(MAX_WORDS);
    let mut all = 0;
    // For each frequent word, how often it occurs.
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words {
        all += 1;
        if LANGUAGES_OF_WORDS.contains_key(word) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut scores = [(0usize, 0usize); LATIN.len()];
    for (word, count) in counts {
        let languages = LANGUAGES_OF_WORDS.get(word).copied().unwrap_or_default();
        for (number, (score, different)) in scores.iter_mut().enumerate() {
            if languages & (1 << number) != 0 {
                *score += count;
                *different += 1;
            }
        }
    }
    let mut scores: Vec<(usize, usize, &Words)> =
        scores.into_iter().zip(&LATIN).map(|((score, different), language)| (score, different, language)).collect();
    scores.sort_by_key(|(score, _, language)| std::cmp::Reverse((*score, language.is_covered)));
    let [(score, different, best), (second, ..), ..] = scores.as_slice() else { return None };
    // A clear lead: other languages share some of the words.
    let is_clear = all >= MIN_WORDS
        && score * 100 >= MIN_FREQUENT_IN_HUNDRED * all
        && *different >= MIN_DIFFERENT
        && score * 6 >= second * 7;
    (is_clear && !best.is_covered).then_some(best.tag)
}

/// Whether a language, given by its code, is recognised although the statistics do not cover it.
pub(super) fn is_recognised(code: &str) -> bool {
    let by_letters =
        CYRILLIC.iter().chain(&ARABIC).filter(|language| !language.is_covered).map(|language| language.tag);
    let by_words = LATIN.iter().filter(|language| !language.is_covered).map(|language| language.tag);
    by_letters.chain(by_words).chain(["ti"]).any(|tag| tag == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_that_the_statistics_do_not_cover_are_recognised() {
        for (tag, text) in [
            (
                "eu",
                "Emakumeek eta gizonek parte hartu behar dute bakearen aldeko lan guztietan, eta bulegoek jende gehiago behar dute; hau ez da nahikoa izan, baina asko egin dira eta gero ere egin behar da.",
            ),
            (
                "gl",
                "As mulleres e os homes do país deben participar en todas as etapas do proceso de paz, e non só nunha delas; unha oficina ao servizo da xente ten que dicir que foi o que se prometeu e o que non se fixo.",
            ),
            (
                "is",
                "Konur og karlar eiga að taka þátt í öllum þáttum starfsins og það er ekki nóg að þeir sem eru á skrifstofunni skrifi um það sem var lofað, við verðum að sjá hver vann til hvers og fyrir hvern.",
            ),
            (
                "sq",
                "Gratë dhe burrat duhet të marrin pjesë në çdo hap të procesit të paqes, dhe zyrat në rajon kanë nevojë për më shumë njerëz që janë të gatshëm të shohin se çfarë është bërë dhe çfarë nuk është bërë.",
            ),
            (
                "sw",
                "Wanawake na wanaume wote wana haki ya kushiriki katika kila hatua ya amani, na ofisi za nchi hii zina kazi ya kuwa na watu wa kutosha ili watu wote wajue kazi yake, lakini kwa sasa haitoshi.",
            ),
            (
                "mt",
                "In-nisa u l-irġiel kollha għandhom sehem fil-ħidma għall-paċi, u l-uffiċċji ta' dan ir-reġjun jeħtieġu aktar nies minn dawk li hemm; din hija ħidma li ma tistax tieqaf jew tonqos.",
            ),
            (
                "ht",
                "Tout fanm ak tout gason gen dwa pou yo patisipe nan chak etap nan travay lapè a, men biwo yo nan rejyon an pa gen ase moun pou yo ka swiv sa yo te pwomèt la; nou bezwen yon lòt ekip ki pou fè li.",
            ),
            (
                "nn",
                "Kvinner og menn skal vere med på alle steg i arbeidet for fred, og dei som er på kontora i regionen har ikkje nok folk til å sjå kva som vart lova frå år til år, eller ein plan.",
            ),
            (
                "ckb",
                "ژنان و پیاوان دەبێت لە هەموو هەنگاوەکانی ئاشتیدا بەشداری بکەن و نووسینگەکان پێویستیان بە خەڵکی زیاترە بۆ ئەوەی بزانن چی بەڵێن دراوە.",
            ),
            (
                "ps",
                "ښځې او سړي باید د سولې په ټولو پړاونو کې برخه واخلي، او دفترونه ډېرو خلکو ته اړتیا لري چې وګوري څه ژمنه شوې وه.",
            ),
            (
                "kk",
                "Әйелдер мен ерлер бейбітшілік жолындағы барлық жұмысқа қатысуы керек, ал өңірдегі кеңселерге уәделердің қалай орындалғанын көретін адамдар қажет.",
            ),
            (
                "tg",
                "Занон ва мардон бояд дар ҳамаи марҳилаҳои сулҳ ширкат кунанд ва ба идораҳои минтақа одамоне лозиманд, ки иҷрои ваъдаҳоро мебинанд; ҷойи кор кофӣ нест, қарор муҳим аст.",
            ),
            (
                "uz-Cyrl",
                "Аёллар ва эркаклар тинчлик йўлидаги барча ишларда қатнашиши керак, ҳудуддаги идораларга эса ваъдалар қандай бажарилганини кўрадиган одамлар зарур, чунки ҳозир уларнинг сони ғоят оз.",
            ),
            (
                "mn",
                "Эмэгтэйчүүд, эрэгтэйчүүд энх тайвны бүх үе шатанд оролцох ёстой бөгөөд бүс нутгийн албадад амлалтыг хэрхэн биелүүлснийг харах хүн хэрэгтэй.",
            ),
            (
                "ga",
                "Tá na mná agus na fir ag obair ar son na síochána i ngach áit, agus níl go leor daoine ag na hoifigí chun an obair seo a dhéanamh; is é seo an plean a bhí ann ó thús, agus beidh sé leis an rialtas ina dhiaidh sin.",
            ),
            (
                "gd",
                "Tha na boireannaich agus na fir ag obair airson na sìthe anns gach àite, agus chan eil daoine gu leòr ann airson na h-obrach; tha iad a’ sgrìobhadh na chaidh a ghealltainn, mar a bu chòir dhaibh a bhith a’ dèanamh gach bliadhna.",
            ),
            (
                "ha",
                "Mata da maza suna da hakkin shiga cikin duk matakan zaman lafiya, kuma ofisoshin wannan yanki ba su da isassun mutane don yin wannan aiki; an yi alkawari cewa shi ne na farko, kuma ya kamata a ga ko an cika.",
            ),
            (
                "ku",
                "Jin û mêr divê di hemû gavên aştiyê de cih bigirin, û ji bo vê yekê nivîsgehên herêmê hewceyê bi mirovên zêdetir in ku her sal ji xwe re bibînin ka çi hatiye soz dan; ev ne bes e, lê ew jî bi hev re dixebitin.",
            ),
            (
                "lb",
                "D’Fraen an d’Männer sollen op all Etapp vum Friddensprozess dobäi sinn, an d’Büroen an der Regioun hunn net genuch Leit, fir ze kucken, wat versprach gouf; dat ass eng Aarbecht, déi sech och mat enger Persoun net maache léisst.",
            ),
            (
                "ms",
                "Wanita dan lelaki hendaklah mengambil bahagian dalam setiap peringkat proses damai, dan pejabat di rantau itu tiada orang yang mencukupi kerana janji yang dibuat oleh kerajaan belum boleh diberikan kepada mereka; itu ialah tugas bagi semua.",
            ),
            (
                "oc",
                "Las femnas e los òmes del país devon participar a totas las etapas del procès de patz, e los burèus de la region an pas pro de personas per seguir çò que foguèt promés; es pas una causa que se pòt far dins un sol jorn.",
            ),
            (
                "rw",
                "Abagore n’abagabo bose bagomba kugira uruhare mu nzira zose z’amahoro, kandi ibiro byo muri aka karere ntibifite abantu bahagije bo gukora uyu murimo; ibyo bavuze ko bizakorwa muri uyu mwaka ni byo tugomba kureba.",
            ),
            (
                "so",
                "Haweenka iyo ragga waa in ay ka qayb qaataan marxalad kasta oo nabadda ah, xafiisyada gobolkuna ma haystaan dad ku filan oo la socda wixii la ballan qaaday; waxaa la yiri in uu qorshuhu soo baxay sannadkan.",
            ),
            (
                "ky",
                "Аялдар менен эркектер тынчтык жолундагы бардык иштерге катышууга тийиш, ал эми аймактагы кеңселерге убадалардын кандай аткарылганын көрө турган адамдар керек; бул үчүн өкмөт көп күч жумшап жатат.",
            ),
            (
                "cv",
                "Хӗрарӑмсем те арҫынсем те мир ӗҫӗн пур тапхӑрне те хутшӑнмалла, ҫак тӑрӑхри конторӑсене вара мӗн шантарнине пӑхса тӑракан ытларах ҫын кирлӗ; ку ӗҫ ҫулран ҫул пысӑкланса пырать.",
            ),
            (
                "tt",
                "Хатын-кызлар һәм ир-атлар тынычлык юлындагы барлык эшләрдә катнашырга тиеш, ә төбәктәге идарәләргә вәгъдәләрнең ничек үтәлүен күрә торган кешеләр кирәк; моның өчен җитәрлек акча юк, ләкин эш дәвам итә.",
            ),
            (
                "ba",
                "Ҡатын-ҡыҙҙар һәм ир-егеттәр тыныслыҡ юлындағы бөтә эштәрҙә ҡатнашырға тейеш, ә төбәктәге идараларға вәғәҙәләрҙең нисек үтәлеүен күрә торған кешеләр кәрәк; бының өсөн аҡса етмәй, әммә эш дауам итә.",
            ),
            (
                "sd",
                "عورتن ۽ مردن کي امن جي هر مرحلي ۾ حصو وٺڻ گهرجي، ۽ علائقي جي آفيسن کي وڌيڪ ماڻهن جي ضرورت آهي جيڪي ڏسن ته ڇا واعدو ڪيو ويو هو ۽ ڇا ڪيو ويو آهي.",
            ),
            (
                "ug",
                "ئاياللار ۋە ئەرلەر تىنچلىق جەريانىنىڭ ھەممە باسقۇچىغا قاتنىشىشى كېرەك، رايوندىكى ئىشخانىلارغا ۋەدىلەرنىڭ قانداق ئورۇندالغانلىقىنى كۆرىدىغان تېخىمۇ كۆپ ئادەم لازىم.",
            ),
            (
                "ti",
                "ደቂ ኣንስትዮን ደቂ ተባዕትዮን ኣብ ኩሉ መድረኻት ናይ ሰላም ክሳተፉ ኣለዎም፣ እቶም ኣብቲ ዞባ ዘለዉ ቤት ጽሕፈታት ድማ እቲ ዝተኣተወ ቃል ከመይ ከም ዝተፈጸመ ዝርእዩ ተወሳኺ ሰባት የድልይዎም እዩ።",
            ),
        ] {
            assert_eq!(recognise(text), Some(tag), "{text}");
        }
    }

    #[test]
    fn languages_that_the_statistics_cover_are_left_to_them() {
        for text in [
            "Las mujeres y los hombres del país deben tomar parte en todas las etapas del proceso de paz, y no solo en una de ellas; la oficina tiene que decir lo que se hizo y lo que no se hizo en la región.",
            "As mulheres e os homens do país devem participar em todas as etapas do processo de paz, e não só em uma delas; o escritório tem de dizer o que foi prometido e o que não se fez na região.",
            "Les femmes et les hommes doivent prendre part à toutes les étapes du processus, et le bureau a besoin de personnes qui disent ce qui a été promis et ce qui n’a pas été fait dans la région.",
            "Kvinner og menn skal være med på alle steg i arbeidet for fred, og de som er på kontorene i regionen har ikke nok folk til å se hva som ble lovet fra år til år, eller en plan for det.",
            "Жінки й чоловіки мають брати участь у всіх етапах мирного процесу, і її бюро потрібні люди, які стежать за тим, що було обіцяно.",
            "Все люди рождаются свободными, а женщины должны участвовать во всех этапах мирного процесса, и отделениям нужно больше людей.",
            "اتفق المشاركون على أن تشارك النساء في جميع مراحل عملية السلام، وأن المكاتب في المنطقة تحتاج إلى مزيد من الأشخاص.",
            "زنان و مردان باید در همه مراحل صلح شرکت کنند و دفترها به افراد بیشتری نیاز دارند که ببینند چه چیزی وعده داده شده است.",
            "The women and the men of the region take part in it, and it is a plan for all of us to see.",
            "Wells",
        ] {
            assert_eq!(recognise(text), None, "{text}");
        }
        assert!(is_recognised("eu") && is_recognised("kk") && !is_recognised("fr") && !is_recognised("wo"));
    }
}
