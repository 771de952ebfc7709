"use strict";
const test = require("node:test");
const assert = require("node:assert");
const zlib = require("node:zlib");
const { load, INHERITED } = require("./load.js");
const folding = require("./folding.json");

const script = load(
  ["common.js", "search/inflate.js", "search/reader.js", "search/words.js", "search/index.js", "search/catalogue.js"],
  ["unpack", "inflate", "decodeUtf8", "ByteReader", "readWords", "lastNotAfter", "setCharacters", "setSimplifiedForms", "readVariants", "fold", "splitWords",
    "parseQuery", "matchTerm", "similarWords", "findCompounds", "keyOf", "findSpelling", "titleOf", "LanguageIndex", "narrowestWindow", "hasPhrase",
    "eitherOf", "arabicStem", "otherArabicForms", "otherInflections", "isQuestion", "hasMatch", "isPhrase", "findMarks", "formsWithoutParticle", "findOverlaps", "findAskingWords",
    "findHeadings", "headingFit", "shownPart", "CatalogueIndex"],
);
script.setCharacters(folding.words, folding.marks, folding.digits);
const simplified = Array.from(folding.simplified);
script.setSimplifiedForms(Object.assign(Object.create(null), Object.fromEntries(Array.from(folding.traditional, (from, at) => [from, simplified[at]]))));

/* Random bytes that are the same in every run. */
const random = (length, seed) => {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = seed; i < length; i++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
};

test("words agree with the index", () => {
  const differences = folding.texts
    .map(([text, forms]) => ({ text, index: forms, page: script.splitWords(text).map((word) => word.form) }))
    .filter(({ index, page }) => index.join("|") !== page.join("|"));
  assert.ok(folding.texts.length > 1000, "the table must have many texts");
  assert.deepStrictEqual(differences, []);
});

test("the shard with the forms of Chinese characters is read", () => {
  const bytes = [0x86, 0x9d, 1, 4, 2, 3];
  assert.deepStrictEqual({ ...script.readVariants(new script.ByteReader(bytes)) }, { "\u4e86": "\u4e88", "\u4e88": "\u4e86" });
  assert.strictEqual(script.fold("捕撈許可證"), "捕捞许可证");
});

test("compounds agree with the index", () => {
  const differences = folding.texts
    .map(([text, , index]) => ({ text, index, page: script.findCompounds(script.splitWords(text), text).map((each) => each.form) }))
    .filter(({ index, page }) => index.join("|") !== page.join("|"));
  assert.ok(folding.texts.filter(([, , index]) => index.length).length > 5, "some texts must have compounds");
  assert.deepStrictEqual(differences, []);
});

test("symbols and numbers are one term", () => {
  const forms = (query) => script.parseQuery(query).terms.map((term) => term.form);
  assert.deepStrictEqual(forms("A/RES/60/1"), ["a/res/60/1"]);
  assert.deepStrictEqual(script.parseQuery("A/RES/60/1").terms[0].parts, ["a", "res", "60", "1"]);
  assert.deepStrictEqual(forms("ISBN 978-0-306-40615-7"), ["isbn", "9780306406157"]);
  assert.deepStrictEqual(forms("3-4 co-operation"), ["3", "4", "co", "operation"]);
  assert.deepStrictEqual(script.parseQuery("co-operation").terms.map((term) => term.joined), [["cooperation"], ["cooperation"]]);
  assert.strictEqual(script.parseQuery('"The report: A/60/1"').key, "=the report a 60 1");
});

test("a minus excludes a term, and OR joins two", () => {
  const query = script.parseQuery('harbour OR port -airport -"two piers" well-being');
  assert.deepStrictEqual(query.terms.map((term) => term.form), ["harbour", "well", "being"]);
  assert.deepStrictEqual(query.terms[0].alternatives.map((term) => term.form), ["port"]);
  assert.deepStrictEqual(query.excluded.map((term) => term.form), ["airport"]);
  assert.deepStrictEqual(query.excludedPhrases, [["two", "piers"]]);
  assert.deepStrictEqual(script.parseQuery("a|b").terms.map((term) => term.form), ["a"]);
  assert.deepStrictEqual(script.parseQuery("OR").terms.map((term) => term.form), ["or"]);
  assert.deepStrictEqual(script.parseQuery("-5").terms.map((term) => term.form), ["5"]);
});

test("phrases can be alternatives, and can be excluded", () => {
  const shown = (query) => script.parseQuery(query).terms.map((term) => [term, ...(term.alternatives || [])].map((each) => each.phrase || each.form));
  assert.deepStrictEqual(shown('nets OR "two piers"'), [["nets", ["two", "piers"]]]);
  assert.deepStrictEqual(shown('"two piers" OR nets boats'), [[["two", "piers"], "nets"], ["boats"]]);
  assert.deepStrictEqual(shown('"two piers" | "old nets"'), [[["two", "piers"], ["old", "nets"]]]);
  assert.deepStrictEqual(shown("防波堤 OR 码头"), [[["防波", "波堤"], "码头"]]);
  assert.deepStrictEqual(shown("co-operation OR help"), [[["co", "operation"], "help"]]);
  assert.deepStrictEqual(script.parseQuery('nets OR "two piers"').phrases, []);
  assert.deepStrictEqual(shown('"two piers" nets'), [["two"], ["piers"], ["nets"]]);
  const only = script.parseQuery('-airport -"two piers"');
  assert.deepStrictEqual(only.terms.map((term) => term.form), ["airport", "two", "piers"]);
  assert.deepStrictEqual([only.phrases, only.excluded, only.excludedPhrases, only.isOnlyExcluded], [[["two", "piers"]], [], [], true]);
  assert.strictEqual(script.parseQuery("harbour -airport").isOnlyExcluded, false);
});

test("a phrase that is an alternative needs its words next to each other", () => {
  const word = (form) => ({ stems: { [form]: { pages: 1, weight: 1 } }, forms: { [form]: true }, pages: 1 });
  const phrase = { phrase: ["two", "piers"], parts: [word("two"), word("piers")], forms: { two: true, piers: true }, pages: 1 };
  const either = script.eitherOf([word("nets"), phrase]);
  const has = (text) => script.hasMatch(either, script.splitWords(text), []);
  assert.ok(script.isPhrase(either) && !script.isPhrase(word("nets")));
  assert.deepStrictEqual(["two piers", "nets", "two old piers", "pier two"].map(has), [true, true, false, false]);
});

test("Arabic words are found without the particles before them", () => {
  const forms = (word) => script.formsWithoutParticle(script.fold(word));
  assert.deepStrictEqual(forms("وبالمياه"), ["بالمياه", "المياه", "مياه"]);
  assert.deepStrictEqual(forms("للمياه"), ["لمياه", "مياه"]);
  assert.deepStrictEqual(forms("ونفط"), ["نفط"]);
  for (const word of ["ولد", "نفط", "water", "вода"]) { assert.deepStrictEqual(forms(word), [], word); }
  const words = script.splitWords("ماء ونفط");
  assert.deepStrictEqual(script.findMarks(words, [], [{ forms: { "نفط": true } }]).map((mark) => mark.from), [4]);
});

test("only the hits of a document that are better than the next document are shown at first", () => {
  const { countShown } = load(["search/results.js"], ["countShown"], { pageLanguage: "en" });
  const hits = (...scores) => scores.map((score) => ({ score }));
  assert.strictEqual(countShown([hits(9, 8, 2), hits(5)], 0), 2);
  assert.strictEqual(countShown([hits(9, 1), hits(5)], 0), 1);
  assert.strictEqual(countShown([hits(9, 8, 7, 6), hits(5)], 0), 3);
  assert.strictEqual(countShown([hits(9, 8, 7, 6)], 0), 3);
});

test("pairs of characters that overlap with a stop word count as stop words", () => {
  const counted = (query, stopWords) => {
    const { terms } = script.parseQuery(query);
    terms.forEach((term) => { term.isMinor = stopWords.includes(term.form); });
    script.findOverlaps(terms);
    return terms.filter((term) => !term.isMinor).map((term) => term.form);
  };
  assert.deepStrictEqual(counted("哪些渔船在灯塔附近", ["哪些", "船在", "在灯"]), ["渔船", "灯塔", "塔附", "附近"]);
  assert.deepStrictEqual(counted("如何测量", ["如何"]), ["测量"]);
  assert.deepStrictEqual(counted("防波堤的谈判", ["堤的", "的谈"]), ["防波", "波堤", "谈判"]);
  assert.deepStrictEqual(counted("水什么", ["什么"]), ["水什"]);
});

test("only the character of the query is marked, not the pair", () => {
  const words = script.splitWords("渔船。船队，小船");
  const marks = script.findMarks(words, [], [{ character: "船", forms: { "船队": true } }]);
  assert.deepStrictEqual(marks.map((mark) => [mark.from, mark.to]), [[1, 2], [3, 4], [7, 8]]);
  assert.strictEqual(script.parseQuery("船").terms[0].isCharacter, true);
  assert.strictEqual(script.parseQuery("渔船").terms[0].isCharacter, false);
});

test("a single letter finds only itself", () => {
  const words = ["b", "became", "budget"].map((form, id) => ({ form, stems: [{ id, pages: 1 }] }));
  const found = (term, list) => Object.keys(script.matchTerm(term, list).forms);
  assert.deepStrictEqual(found({ form: "b", isLast: true }, words), ["b"]);
  assert.deepStrictEqual(found({ form: "b" }, words.slice(1)), []);
  assert.deepStrictEqual(found({ form: "b", isPrefix: true }, words), ["b", "became", "budget"]);
});

test("the last word is completed only if it may go on, and not to another word of the query", () => {
  const isLast = (query) => script.parseQuery(query).terms.pop().isLast === true;
  assert.deepStrictEqual(["sick cat", "sick cat-", "sick cat’", "القط"].map(isLast), [true, true, true, true]);
  assert.deepStrictEqual(["sick cat ", "sick cat?", "sick cat.", "القط؟", "灯塔？", "(sick cat)"].map(isLast), [false, false, false, false, false, false]);
  const words = ["cat", "catch", "catches", "cats", "cattle"].map((form, at) => ({ form, stems: [{ id: [0, 1, 1, 0, 2][at], pages: 1 }] }));
  const found = (query) => Object.keys(script.matchTerm(script.parseQuery(query).terms.pop(), words).stems);
  assert.deepStrictEqual(found("catch cat"), ["0", "2"]);
  assert.deepStrictEqual(found("catch cat*"), ["0", "1", "2"]);
  assert.deepStrictEqual(found("catch cat?"), ["0"]);
});

test("the positions of words are right", () => {
  for (const [text] of folding.texts) {
    let end = 0;
    for (const word of script.splitWords(text)) {
      assert.ok(word.from < word.to && word.to <= text.length, text);
      if (word.isBigram) { continue; }
      assert.ok(word.from >= end, text);
      assert.strictEqual(script.fold(text.slice(word.from, word.to)), word.form, text);
      end = word.to;
    }
  }
});

test("a query is divided into terms and phrases", () => {
  const { terms, phrases } = script.parseQuery('Water "deep wells" arsen* water sali');
  assert.deepStrictEqual(terms.map((term) => term.form), ["water", "deep", "wells", "arsen", "sali"]);
  assert.deepStrictEqual(terms.map((term) => term.isPrefix), [false, false, false, true, false]);
  assert.deepStrictEqual(terms.map((term) => Boolean(term.isLast)), [false, false, false, false, true]);
  assert.deepStrictEqual(phrases, [["deep", "wells"]]);
  assert.deepStrictEqual(script.parseQuery("“un phare”").phrases, [["un", "phare"]]);
  assert.deepStrictEqual(script.parseQuery("").terms, []);
});

test("a phrase keeps its text and its quotation marks", () => {
  const texts = (query) => script.parseQuery(query).phraseTexts;
  assert.deepStrictEqual(texts('water "deep wells" «un  phare» “open end'), ['"deep wells"', "«un  phare»", "“open end"]);
  assert.deepStrictEqual(texts("水「灯塔守」"), ["「灯塔守」"]);
  assert.deepStrictEqual(texts('-"two piers"'), ["two piers"]);
  assert.deepStrictEqual(texts('nets OR "two piers"'), []);
});

test("a phrase is looked for on all pages that have its words", async () => {
  const index = new script.LanguageIndex("en", "");
  const pages = ["old boats leave", "leave the boats", ...Array(400).fill("boats, then leave")];
  index.findPhrase = async () => ({ pages: index.count });
  index.scoreTerm = async () => Object.fromEntries(pages.slice(0, index.count).map((_, page) => [page, page ? 1 : 0.5]));
  index.loadText = async (page) => pages[page];
  const found = async (count, ...phrase) => { index.count = count; return index.searchPhrase(phrase); };
  assert.strictEqual(await found(2, "boats", "leave"), true);
  assert.strictEqual(await found(2, "leave", "boats"), false);
  assert.strictEqual(await found(0, "boats"), false);
  // Only the best pages are looked at, so nobody knows.
  assert.strictEqual(await found(402, "leave", "boats"), null);
});

test("the quotation marks and asterisks of all keyboards count", () => {
  const marks = ['""', "“”", "„“", "””", "«»", "»«", "‘’", "‚‘", "＂＂", "「」", "『』"];
  for (const [open, close] of marks) {
    const { terms, phrases } = script.parseQuery(`water ${open}deep wells${close} arsen＊`);
    assert.deepStrictEqual(phrases, [["deep", "wells"]], open + close);
    assert.deepStrictEqual(terms.map((term) => term.form), ["water", "deep", "wells", "arsen"], open + close);
    assert.deepStrictEqual(terms.map((term) => term.isPrefix), [false, false, false, true], open + close);
  }
  assert.deepStrictEqual(script.parseQuery("水「灯塔守」").phrases, [["灯塔", "塔守"]]);
  assert.deepStrictEqual(script.parseQuery("‘don’t stop’, now").phrases, [script.splitWords("don’t stop").map((word) => word.form)]);
  for (const query of ["l’eau de l’île", "d‘eau l’île", "the dogs’ food and the cats’ food", "‘tis the season"]) {
    assert.deepStrictEqual(script.parseQuery(query).phrases, [], query);
  }
});

test("the terms of a query keep the text as typed", () => {
  const { terms } = script.parseQuery("Negotiatory گفتگوي* tiếng");
  assert.deepStrictEqual(terms.map((term) => term.text), ["Negotiatory", "گفتگوي", "tiếng"]);
});

test("similar words are shown as documents write them", async () => {
  const readable = (text) => ({ text, words: script.splitWords(text) });
  for (const word of ["مذاکره", "گفتگوی", "पानी", "tiếng", "Größe", "российский", "물이"]) {
    const form = script.fold(word);
    assert.strictEqual(script.findSpelling(form, [readable("other words"), readable(`x ${word}, y`)]), word);
  }
  assert.strictEqual(script.findSpelling("water", [readable("WATER water, wa\xadter")]), "water");
  assert.strictEqual(script.findSpelling("water", []), null);
  assert.strictEqual(script.findSpelling("water", [readable("Water. Water water")]), "water");
  assert.strictEqual(script.findSpelling("who", [readable("WHO, who? WHO")]), "WHO");
  assert.strictEqual(script.findSpelling("wasser", [readable("Wasser, Wasser, wasser, Wasser, Wasser, Wasser")]), "Wasser");
  assert.strictEqual(script.findSpelling("mosquitoborne", [readable("a mosquito-borne disease")]), "mosquito-borne");

  // The words are only on a page that is not among the best ones, and in a title.
  const index = new script.LanguageIndex("fa", "");
  index.loadPostings = (id) => Promise.resolve({ bytes: Uint8Array.from([id * 16 + 1]) });
  index.loadText = (page) => Promise.resolve(page === 1 ? "درباره گفتگوی ما" : "");
  index.loadDocument = (page) => Promise.resolve({ document: { title: page === 2 ? "Größe" : "" } });
  const similar = ["گفتگوی", "Größe", "پايي", "wells"].map(script.fold);
  const match = { similar, stems: { 1: {}, 2: {}, 3: {} } };
  assert.deepStrictEqual(await index.findSpellings(match, [readable("")]), ["گفتگوی", "Größe", "wells"]);
  index.loadPostings = () => Promise.reject(new Error("not needed"));
  assert.deepStrictEqual(await index.findSpellings({ similar: [], stems: { 1: {} } }, []), []);
});

test("lists follow the language of the page", () => {
  const formatList = (pageLanguage, globals = {}) =>
    load(["search/results.js"], ["formatList"], { pageLanguage, ...globals }).formatList(["A", "B", "C"]);
  assert.strictEqual(formatList("en"), "A, B, C");
  assert.strictEqual(formatList("zh"), "A、B、C");
  assert.match(formatList("ar"), /^A.*و.*C$/);
  assert.strictEqual(formatList("zh", { Intl: {} }), "A, B, C");
  assert.strictEqual(formatList("not a language"), "A, B, C");
});

test("words that every object inherits are words like any other", () => {
  for (const name of INHERITED) {
    const form = script.fold(name);
    const { terms } = script.parseQuery(`${name} ${name}`);
    assert.deepStrictEqual(terms.map((term) => term.form), [form]);
    const words = [{ form, stems: [{ id: 7, pages: 3 }] }];
    const match = script.matchTerm(terms[0], words);
    assert.deepStrictEqual(Object.keys(match.forms), [form]);
    assert.deepStrictEqual(Object.entries(match.stems), [["7", { pages: 3, weight: 1 }]]);
    assert.strictEqual(match.pages, 3);
    assert.ok(!(form in script.matchTerm({ form: "water" }, [{ form: "water", stems: [] }]).forms), name);
  }
});

test("a word that no document has finds the most similar ones", () => {
  const words = ["negative", "negotiation", "negotiator", "neighbour"].map((form, id) => ({ form, stems: [{ id, pages: 1 }] }));
  const similar = (form) => script.similarWords(form, words).map((word) => word.form);
  assert.deepStrictEqual(similar("negotiatory"), ["negotiator"]);
  assert.deepStrictEqual(similar("xylophone"), []);
  // Short words with two wrong letters are different words, and words that share only a half are not similar.
  assert.deepStrictEqual(script.similarWords("блокпост", [{ form: "блокнот", stems: [{ id: 1, pages: 1 }] }]), []);
  assert.deepStrictEqual(similar("negotitaion"), ["negotiation"]);
  assert.deepStrictEqual(similar("nieghbour"), ["neighbour"]);
  // Of a word that another language has, only those with wrong letters are similar.
  assert.deepStrictEqual([similar("negotiat").length > 0, script.similarWords("negotiat", words, true)], [true, []]);
  assert.strictEqual(script.similarWords("nieghbour", words, true).length, 1);
  assert.deepStrictEqual(script.similarWords("vilages", [{ form: "villages", stems: [{ id: 1, pages: 1 }] }]).length, 1);
  assert.deepStrictEqual(Object.keys(script.matchTerm({ form: "negotia" }, words).stems), ["1", "2"]);
  // Russian reflexive verbs often mean something else, and a much longer word is not similar to its beginning.
  const one = (form) => [{ form, stems: [{ id: 1, pages: 1 }] }];
  assert.deepStrictEqual(script.similarWords("подавился", one("подавил")), []);
  assert.deepStrictEqual(script.similarWords("занимается", one("занимает")), []);
  assert.deepStrictEqual(script.similarWords("подавился", one("подавилась")).map((word) => word.form), ["подавилась"]);
  assert.deepStrictEqual(script.similarWords("phreatiquement", one("phreatique")).map((word) => word.form), ["phreatique"]);
  assert.deepStrictEqual(script.similarWords("walls", one("wallpapering")), []);
  assert.deepStrictEqual(script.similarWords("governs", one("governmentally")), []);
});

test("the narrowest window with the most terms is found", () => {
  const marks = (...pairs) => pairs.map(([at, term]) => ({ at, term }));
  assert.deepStrictEqual(script.narrowestWindow(marks([0, 0], [9, 1], [10, 0], [30, 1])), { terms: 2, width: 2, from: 9 });
  assert.deepStrictEqual(script.narrowestWindow([]), { terms: 0, width: Infinity, from: 0 });
  const words = ["the", "boats", "leave", "early"].map((form) => ({ form }));
  assert.ok(script.hasPhrase(words, ["boats", "leave"]) && !script.hasPhrase(words, ["leave", "boats"]));
});

test("data deflated by another implementation is inflated", () => {
  const inputs = [
    new Uint8Array(), random(1, 1), random(70000, 2), Buffer.from("abc".repeat(1000)), Buffer.from("жизнь ".repeat(5000)),
    Uint8Array.from({ length: 5000 }, (_, i) => i % 256),
  ];
  for (const input of inputs) {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [zlib.constants.Z_DEFAULT_STRATEGY, zlib.constants.Z_FIXED, zlib.constants.Z_HUFFMAN_ONLY]) {
        const output = script.inflate(zlib.deflateRawSync(input, { level, strategy }));
        assert.ok(Buffer.from(input).equals(Buffer.from(output)), `${input.length} bytes, level ${level}, strategy ${strategy}`);
      }
    }
  }
  assert.throws(() => script.inflate(zlib.deflateRawSync(Buffer.from("truncated")).subarray(0, 5)));
});

test("seven bits per character are unpacked", () => {
  const pack = (bytes) => {
    let text = "", buffer = 0, bits = 0;
    for (const byte of bytes) {
      buffer |= byte << bits;
      for (bits += 8; bits >= 7; bits -= 7, buffer >>= 7) { text += String.fromCharCode(buffer & 127); }
    }
    return bits ? text + String.fromCharCode(buffer & 127) : text;
  };
  for (let length = 0; length < 40; length++) {
    const bytes = random(length, length);
    assert.deepStrictEqual(script.unpack(pack(bytes)), bytes, `${length} bytes`);
  }
});

test("texts and numbers are read", () => {
  for (const text of ["", "a", "é", "灯塔", "𝒳", "x".repeat(9000) + "𝒳"]) {
    const bytes = Buffer.from(text);
    assert.strictEqual(script.decodeUtf8(bytes, 0, bytes.length), text);
  }
  const reader = new script.ByteReader(Uint8Array.from([127, 128, 1, 255, 255, 255, 255, 15, 2, 0xc3, 0xa9]));
  assert.deepStrictEqual([reader.readNumber(), reader.readNumber(), reader.readNumber(), reader.readText()], [127, 128, 4294967295, "é"]);
  assert.ok(!reader.hasMore());
});

test("words share their beginnings with the word before", () => {
  const bytes = Uint8Array.from([0, 2, 97, 98, 4, 5, 9, 1, 1, 99, 1, 2, 1, 101, 6, 7, 40, 8, 3]);
  assert.deepStrictEqual(script.readWords(new script.ByteReader(bytes)), [
    { form: "ab", stems: [{ id: 5, pages: 9 }], own: null, isMinor: false },
    { form: "ac", stems: [], own: null, isMinor: true },
    { form: "ace", stems: [{ id: 7, pages: 40 }], own: { id: 8, pages: 3 }, isMinor: false },
  ]);
});

test("Arabic endings are removed as in the index", () => {
  assert.ok(folding.arabic.length > 50, "the table must have many words");
  for (const [form, stem] of folding.arabic) { assert.strictEqual(script.arabicStem(form), stem, form); }
  assert.deepStrictEqual(script.otherArabicForms("بملفاتي"), [["ملفاتي"], ["بملف", "ملف"]]);
  assert.deepStrictEqual(script.otherArabicForms("اتعامل"), [["تتعامل", "يتعامل", "نتعامل", "تعامل"]]);
  assert.deepStrictEqual(script.otherArabicForms("water"), []);
});

test("words in a form that no document has are looked for in other forms", async () => {
  const forms = (form, language) => script.otherInflections(form, language).flat();
  for (const [language, form, other] of [
    ["ru", "таимеры", "таимер"], ["ru", "водами", "вода"], ["en", "quarries", "quarry"], ["en", "dredging", "dredge"], ["de", "mauern", "mauer"], ["es", "remolcan", "remolcar"], ["es", "ayudarme", "ayuda"], ["fr", "serrer", "serre"],
    ["fr", "canaux", "canal"], ["pt-BR", "barcacoes", "barcacao"], ["nn", "fiskebaten", "fiskebate"],
  ]) {
    assert.ok(forms(form, language).includes(other), `${form}: ${forms(form, language)}`);
  }
  assert.deepStrictEqual(forms("таимеры", "uk"), []);
  assert.deepStrictEqual(forms("ships", "zh"), []);
  // Not words that only share their first letters.
  for (const [language, form, other] of [["en", "bees", "be"], ["en", "news", "new"], ["de", "weser", "wes"], ["es", "lima", "limo"]]) {
    assert.ok(!forms(form, language).includes(other), `${form}: ${forms(form, language)}`);
  }
  const index = new script.LanguageIndex("en", "");
  index.lookUp = async (term) => script.matchTerm(term, ["quarry", "quarrying"].map((form, id) => ({ form, stems: [{ id, pages: id + 1 }] })));
  const found = async (form) => Object.keys((await index.findTerm({ form })).stems);
  assert.deepStrictEqual(await found("quarries"), ["0"]);
  assert.deepStrictEqual(await found("quarr"), ["0", "1"]);
  assert.deepStrictEqual(await found("quart"), []);
  // The page names the form that was found, unless it begins with the same five letters.
  assert.deepStrictEqual((await index.findTerm({ form: "quarries" })).similar, []);
  index.lookUp = async (term) => script.matchTerm(term, [{ form: "dairy", stems: [{ id: 0, pages: 1 }] }]);
  assert.deepStrictEqual((await index.findTerm({ form: "dairies" })).similar, ["dairy"]);
  index.lookUp = async (term) => script.matchTerm(term, ["quarry", "quarrying"].map((form, id) => ({ form, stems: [{ id, pages: id + 1 }] })));
  assert.deepStrictEqual((await index.findTerm({ form: "quarry" })).similar, []);
  const [quoted] = script.parseQuery('"quarries"').terms;
  const [excluded] = script.parseQuery("quarry -quarries").excluded;
  for (const term of [quoted, excluded]) {
    assert.deepStrictEqual(Object.keys((await index.findTerm(term)).stems), []);
  }
  // A stop word is not another form of a word.
  index.lookUp = async (term) => script.matchTerm(term, [{ form: "even", isMinor: true, stems: [{ id: 0, pages: 9 }] }]);
  assert.deepStrictEqual((await index.findTerm({ form: "evening" })).pages, 0);
});

test("questions are recognised", () => {
  for (const [query, language] of [["water?", "de"], ["水？", "zh"], ["¿agua", "es"], ["How deep", "en"], ["où est l’eau", "fr"], ["灯塔怎么修", "zh"], ["كيف أحفر بئرا", "ar"]]) {
    assert.ok(script.isQuestion(query, language), query);
  }
  for (const [query, language] of [["谁负责港口", "zh"], ["誰負責港口", "zh-TW"], ["港口有沒有燈塔", "zh"], ["اين المرفأ", "ar"], ["وكيف نصل", "ar"]]) {
    assert.ok(script.isQuestion(query, language), query);
  }
  for (const [query, language] of [["deep water", "en"], ["how", "de"], ["whatever", "en"], ["que el agua", "es"], ["كيفية", "ar"], ["constructor", "xx"]]) {
    assert.ok(!script.isQuestion(query, language), query);
  }
});

test("in a query of one word, its form counts more than other forms of its stem", async () => {
  const wells = { form: "wells", stems: [{ id: 3, pages: 2 }], own: { id: 4, pages: 1 } };
  const deep = { form: "deep", stems: [{ id: 5, pages: 2 }], own: null };
  const index = Object.create(script.LanguageIndex.prototype);
  // Page 0 has another form twice, and page 1 has the form of the query once.
  const lists = { 3: [7, 16 + 5], 4: [16 + 5], 5: [7, 16 + 5] };
  index.loadPostings = async (id, stem) => ({ bytes: Uint8Array.from(lists[id]), stem });
  const rank = async (words) => {
    index.head = { pages: 9, documents: [{ firstPage: 0, report: 0 }] };
    index.matches = words.map((word) => script.matchTerm({ form: word.form }, [word]));
    index.excluded = [];
    const terms = words.map((word) => ({ form: word.form, text: word.form }));
    const hits = await index.rankPages({ terms }, { masks: {}, phrases: {} }, () => true);
    return hits.map((hit) => hit.page);
  };
  assert.deepStrictEqual(await rank([wells]), [1, 0]);
  assert.deepStrictEqual(await rank([wells, deep]), [0, 1]);
});

test("a pair of characters counts at most as rare as the pairs beside it", () => {
  const index = Object.create(script.LanguageIndex.prototype);
  const terms = ["选择", "择安", "安全", "全屋"].map((form) => ({ form, isBigram: true, run: 1 }));
  index.head = { pages: 900 };
  index.matches = [40, 2, 90, 3].map((pages) => ({ pages }));
  index.limitRarity(terms);
  const limits = index.matches.map((match) => match.rarity);
  assert.ok(limits[1] > 2 && limits[1] < 3, String(limits));
  assert.deepStrictEqual([limits[0], limits[2], limits[3]], [undefined, undefined, undefined]);
});

test("the last item that is not after a value is found", () => {
  assert.deepStrictEqual([0, 1, 2, 3, 9].map((wanted) => script.lastNotAfter([1, 3, 5], wanted)), [-1, 0, 0, 1, 2]);
  assert.strictEqual(script.lastNotAfter([], 1), -1);
});

test("words that only serve to ask count little in questions", () => {
  const counted = (question, language) => {
    const terms = script.parseQuery(question).terms;
    script.findAskingWords(terms, question, language);
    return terms.filter((term) => !term.isMinor).map((term) => term.form);
  };
  assert.deepStrictEqual(counted("Dois-je voir le phare ?", "fr"), ["dois", "je", "le", "phare"]);
  assert.deepStrictEqual(counted("¿Qué diferencia hay entre bahía y puerto?", "es"), ["que", "entre", "bahia", "y", "puerto"]);
  assert.deepStrictEqual(counted("Зачем нужен маяк?", "ru"), ["зачем", "маяк"]);
  assert.deepStrictEqual(counted("هل يمكن الصيد بدون قارب؟", "ar-EG"), ["هل", "يمكن", "الصيد", "قارب"]);
  assert.deepStrictEqual(counted("constructor?", "en"), ["constructor"]);
  assert.deepStrictEqual(counted("Must it be?", "xx"), ["must", "it", "be"]);
  // No pair of characters crosses the beginning or the end of such a word, unless nothing else remains.
  assert.deepStrictEqual(counted("修灯塔有什么缺点？", "zh"), ["修灯", "灯塔", "缺点"]);
  assert.deepStrictEqual(counted("什么？", "zh"), ["什么"]);
  assert.deepStrictEqual(counted("水怎么？", "zh-Hant"), ["水怎", "怎么"]);
});

test("what a hyphen joins to a stop word does not make it another word", async () => {
  const index = Object.create(script.LanguageIndex.prototype);
  const words = [{ form: "dois", stems: [{ id: 1, pages: 5 }], isMinor: true }, { form: "doisje", stems: [{ id: 2, pages: 1 }] }];
  index.loadWordsAround = async () => words;
  const match = await index.findTerm({ form: "dois", joined: ["doisje"] });
  assert.strictEqual(match.isMinor, false);
  assert.strictEqual(match.isStopWord, true);
});

/* The headings of a text that have any of some words, which are the terms. */
const headingsOf = (text, terms, isPaginated) => {
  const words = script.splitWords(text);
  const marks = script.findMarks(words, [], terms.map((form) => ({ forms: { [form]: true } })));
  return script.findHeadings(text, words, marks, isPaginated).map(({ at, words, mask, isMarked }) => [at, words, mask, isMarked]);
};

test("the headings of a text are found", () => {
  const text = "deep wells\n\u0001Wells and pumps\nDeep wells are rare.\n\u0001Boats\nwells\n\u0001井水\nDeep wells";
  const marked = [[2, 3, 2, true], [11, 1, 4, true]];
  assert.deepStrictEqual(headingsOf(text, ["deep", "wells", "井水"], false), marked);
  assert.deepStrictEqual(headingsOf("", ["deep"], false), []);
  // On pages, lines that look like headings count, too.
  assert.deepStrictEqual(headingsOf(text, ["deep", "wells", "井水"], true), [...marked, [12, 2, 3, false]]);
  const page = "and deep wells\n2.1 Deep wells\nDeep wells are rare.\nDeep wells,\n" + "Deep wells ".repeat(12) + "\nعين الماء\n井水";
  assert.deepStrictEqual(headingsOf(page, ["deep", "wells", "井水", "الماء"], true), [[3, 4, 3, false]]);
});

test("a heading counts if it consists of the words of the query", () => {
  const fit = (words, mask, isMarked, terms = 2, minShare = 0.7) =>
    script.headingFit({ headings: [{ words, mask, isMarked }] }, (each) => [0, 0.2, 0.8, 1][each], terms, minShare);
  assert.strictEqual(fit(2, 3, true), 1);
  assert.ok(fit(2, 3, true) > fit(4, 3, true) && fit(4, 3, true) > fit(4, 2, true));
  assert.strictEqual(fit(1, 1, true), 0);
  assert.deepStrictEqual([fit(2, 3, false), fit(9, 3, false), fit(1, 3, false, 1)], [1, 0, 0]);
  assert.ok(fit(1, 2, true, 1) > 0);
  assert.strictEqual(fit(9, 2, true, 1), 0);
  assert.strictEqual(script.headingFit({ headings: [] }, () => 1, 2, 0.7), 0);
  assert.ok(fit(1, 1, true, 2, 0.2) > 0);
});

test("the section is shown whose heading has the words, not their first mention", () => {
  const window = { from: 3, width: 2, terms: 2 };
  const part = (...masks) => script.shownPart(window, masks.map((mask, at) => ({ at: 10 * (at + 1), words: 2, mask, isMarked: true })));
  assert.strictEqual(part(1, 3, 3).from, 20);
  assert.strictEqual(part(1, 2), window);
  assert.strictEqual(part(), window);
  assert.strictEqual(script.shownPart(window, [{ at: 10, words: 2, mask: 3, isMarked: false }]), window);
});

test("in a question, a page with all words does not come before all others", async () => {
  const found = async (isQuestion, hits) => {
    const index = new script.LanguageIndex("en", "");
    Object.assign(index, { matches: [0, 1, 2].map(() => ({ forms: {} })), findSpellings: async () => [], counted: [0, 1, 2], shareOf: () => 1 });
    index.rankPages = async () => hits.map(([page, terms, score, share = terms / 3]) => ({ page, terms, score, share, hasAllCountedTerms: terms === 3 }));
    index.loadHit = async (hit) => Object.assign(hit, { window: { terms: hit.terms, width: hit.terms }, exactTerms: 0, headings: [], hasAllPhrases: true });
    const result = await index.search({ terms: ["a", "b", "c"].map((text) => ({ text })), phrases: [], excludedPhrases: [], isQuestion }, { findTitleTerms: () => 0 }, () => true);
    return [result.hits, result.partialHits].map((list) => list.map((hit) => hit.page));
  };
  const few = [[1, 3, 1], [2, 2, 9], [3, 1, 9]];
  assert.deepStrictEqual(await found(true, few), [[2, 1], []]);
  assert.deepStrictEqual(await found(false, few), [[1], [2]]);
  // A page with a single word is not shown if others have more, however rare the word is.
  assert.deepStrictEqual(await found(true, [[1, 3, 1], [2, 2, 9], [3, 1, 9, 0.6]]), [[2, 1], []]);
  const many = [...few, ...[4, 5, 6, 7].map((page) => [page, 3, 1])];
  assert.deepStrictEqual(await found(true, many), [[1, 4, 5, 6, 7], []]);
});

test("in a question, a rare word that a page lacks matters less", async () => {
  // Page 0 has two words that are on many pages often; page 1 has one of them, and a rare word.
  const scores = [{ 0: 15, 1: 4, 2: 1, 3: 1, 4: 1, 5: 1 }, { 0: 15, 2: 1, 3: 1, 4: 1, 5: 1 }, { 1: 15 }];
  const rank = async (isQuestion) => {
    const index = new script.LanguageIndex("en", "");
    Object.assign(index, { head: { pages: 99, documents: [{ report: 0 }] }, excluded: [], documentOf: () => 0 });
    index.matches = scores.map((each, id) => ({ pages: Object.keys(each).length, stems: { [id]: { pages: Object.keys(each).length, weight: 1 } }, forms: {} }));
    index.loadPostings = async (id, stem) => {
      let last = 0;
      const bytes = Object.entries(scores[id]).map(([page, score]) => { const step = (page - last) * 16 + score; last = page; return step; });
      return { bytes: Uint8Array.from(bytes), stem };
    };
    const query = { terms: ["beach", "sand", "castle"].map((text) => ({ text })), phrases: [], isQuestion };
    return (await index.rankPages(query, { masks: {}, phrases: {} }, () => true)).map((hit) => hit.page).slice(0, 2);
  };
  assert.deepStrictEqual(await rank(false), [1, 0]);
  assert.deepStrictEqual(await rank(true), [0, 1]);
});

test("a page whose title has words of the query comes before an equal page", async () => {
  const reports = new script.CatalogueIndex("reports");
  const field = (kind, text) => ({ kind, lang: "en", text });
  const records = [[field("title", "Wells"), field("summary", "Indicators of Santiago")], [field("own title", "Indicators of wells in Santiago")]];
  Object.assign(reports, { masks: { 0: 3, 1: 3 }, matches: [{ forms: { santiago: true } }, { forms: { indicators: true } }] });
  reports.loadRecord = async (report) => ({ fields: records[report] });
  assert.deepStrictEqual(await Promise.all([0, 1, 2].map((report) => reports.findTitleTerms(report))), [0, 3, 0]);
  const index = new script.LanguageIndex("en", "");
  Object.assign(index, { matches: reports.matches, findSpellings: async () => [], counted: [0, 1], shareOf: (mask) => mask / 3 });
  index.rankPages = async () => [0, 1].map((report) => ({ page: report, report, terms: 2, score: 1, share: 1, hasAllCountedTerms: true }));
  index.loadHit = async (hit) => Object.assign(hit, { window: { terms: 2, width: 2 }, exactTerms: 0, headings: [], hasAllPhrases: true });
  const query = { terms: [{ text: "santiago" }, { text: "indicators" }], phrases: [], excludedPhrases: [], isQuestion: false };
  assert.deepStrictEqual((await index.search(query, reports, () => true)).hits.map((hit) => hit.page), [1, 0]);
});

test("a page has all words if the metadata of its report has those that it lacks", async () => {
  const index = new script.LanguageIndex("en", "");
  const scores = [{}, { 0: 1, 1: 2 }];
  Object.assign(index, { head: { pages: 100, documents: [{ report: 0 }, { report: 1 }] }, excluded: [] });
  index.matches = scores.map((each, number) => ({ pages: 2, stems: {}, forms: {}, number }));
  index.scoreTerm = async (match) => scores[match.number];
  index.documentOf = (page) => page;
  const query = { terms: [{ text: "santiago" }, { text: "indicators" }], phrases: [], isQuestion: false };
  const hits = await index.rankPages(query, { masks: { 0: 1 }, phrases: {} }, () => true);
  assert.deepStrictEqual(hits.map((hit) => [hit.page, hit.hasAllCountedTerms, hit.missingTerms]), [[0, true, 0], [1, false, 1]]);
});

test("a number with several dots is one phrase", () => {
  const terms = (query) => script.parseQuery(query).terms.map((term) => term.phrase || term.form);
  assert.deepStrictEqual(terms("goal 3.9.3 ferry"), ["goal", ["3", "9", "3"], "ferry"]);
  assert.deepStrictEqual(terms("3.9.3"), [["3", "9", "3"]]);
  assert.deepStrictEqual(terms("3.9"), ["3", "9"]);
  assert.deepStrictEqual(terms("1.2 3.4.a"), ["1", "2", "3", "4", "a"]);
  // The documents may write a date in another way, so it is not a phrase.
  assert.deepStrictEqual(terms("14.03.2008"), ["14", "03", "2008"]);
  const query = script.parseQuery("ferry -3.9.3 1.2.3 OR boat");
  assert.deepStrictEqual(query.excludedPhrases, [["3", "9", "3"]]);
  assert.deepStrictEqual(query.terms.map((term) => term.form), ["ferry", "1.2.3"]);
  assert.deepStrictEqual(query.terms[1].alternatives.map((term) => term.form), ["boat"]);
});

test("a minus before a single letter excludes nothing", () => {
  const parts = (query) => ["terms", "excluded"].map((kind) => script.parseQuery(query)[kind].map((term) => term.form));
  assert.deepStrictEqual(parts("dpkg -S file"), [["dpkg", "s", "file"], []]);
  assert.deepStrictEqual(parts("kill -9"), [["kill", "9"], []]);
  assert.deepStrictEqual(parts("ferry -boat"), [["ferry"], ["boat"]]);
  assert.deepStrictEqual(parts("渡轮 -船"), [["渡轮"], ["船"]]);
  assert.deepStrictEqual(parts("ferry -e-mail"), [["ferry"], ["e", "mail"]]);
  assert.deepStrictEqual(script.parseQuery('ferry -boat -渔船队 -"deep wells"').excludedTexts, ["boat", "渔船队", '"deep wells"']);
  assert.deepStrictEqual(script.parseQuery("-boat").excludedTexts, []);
});

test("a line break within a Chinese sentence is not shown", () => {
  const page = load(
    ["common.js", "search/reader.js", "search/words.js", "search/index.js", "search/results.js"], ["setCharacters", "shownText"],
  );
  page.setCharacters(folding.words, folding.marks, folding.digits);
  const shown = (text) => page.shownText(text, 0, text.length);
  assert.strictEqual(shown("只有在水位足够高的时候才\n能灌溉农田，\n还要检查防波堤。"), "只有在水位足够高的时候才能灌溉农田， 还要检查防波堤。");
  assert.strictEqual(shown("渔船必须在日落之前回到港口，\r\n否则"), "渔船必须在日落之前回到港口，否则");
  // The position in the whole text counts.
  assert.strictEqual(page.shownText("渔船必须在日落之前回到港\n口", 11, 14), "港口");
  // Not after short lines, headings, paragraphs and in other scripts.
  for (const [text, expected] of [["名称\n数量", "名称 数量"], ["\u0001渔船必须在日落之前回到港口\n灯塔", "\u0001渔船必须在日落之前回到港口 灯塔"],
    ["渔船必须在日落之前回到港口\n\n灯塔", "渔船必须在日落之前回到港口 灯塔"], ["the deep wells\nof Santiago", "the deep wells of Santiago"]]) {
    assert.strictEqual(shown(text), expected);
  }
});

test("a question whose other words are unknown does not find the words with which one asks", () => {
  const index = new script.LanguageIndex("zh", "");
  index.head = { pages: 9 };
  const counted = (pages, isQuestion) => {
    index.matches = pages.map((each) => ({ pages: each, isMinor: false }));
    const terms = [{ form: "怎样", isMinor: true }, { form: "庄稼" }, { form: "收割" }].slice(0, pages.length);
    return index.countedTerms(terms, () => false, isQuestion);
  };
  assert.deepStrictEqual(counted([3, 0, 0], true), []);
  assert.deepStrictEqual(counted([3, 2, 0], true), [1]);
  assert.deepStrictEqual(counted([3, 0, 0], false), [0]);
  // If there are no other words, they are what the reader is looking for.
  assert.deepStrictEqual(counted([3], true), [0]);
});

test("of equally good passages, the one under a heading with a word of the query is shown", () => {
  const text = "deep wells\n\u0001Boats\ndeep wells deep pumps\n\u0001Wells of the island\nPumps. deep wells\n\u0001Nets\ndeep wells";
  const { setCharacters, narrowestWindow, findMarks, findHeadings, underHeadings } = load(
    ["common.js", "search/reader.js", "search/words.js", "search/index.js"],
    ["setCharacters", "narrowestWindow", "findMarks", "findHeadings", "underHeadings"],
  );
  setCharacters(folding.words, folding.marks, folding.digits);
  const words = script.splitWords(text), marks = findMarks(words, [], ["deep", "wells"].map((form) => ({ forms: { [form]: true } })));
  const isPreferred = underHeadings(text, words, findHeadings(text, words, marks, false));
  assert.strictEqual(narrowestWindow(marks).from, 0);
  assert.strictEqual(text.slice(words[narrowestWindow(marks, isPreferred).from].from).split("\n")[0], "deep wells");
  assert.strictEqual(narrowestWindow(marks, isPreferred).from, 12);
  assert.strictEqual(narrowestWindow(marks, () => false).from, 0);
  assert.deepStrictEqual(narrowestWindow([], isPreferred), { terms: 0, width: Infinity, from: 0 });
});
