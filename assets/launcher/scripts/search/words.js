/* --- Words. src/search/analyser.rs of make-disc made the index with the same rules. */

/* For the characters of words, the marks that are ignored and the digits: where their ranges begin and end. */
var characterRanges = null;

function readRanges(lengths) {
  var end = 0;
  return lengths.split(" ").map(function (length) {
    end += parseInt(length, 36);
    return end;
  });
}

function setCharacters(words, marks, digits) {
  characterRanges = { words: readRanges(words), marks: readRanges(marks), digits: readRanges(digits) };
}

/* The simplified form of each traditional Chinese character; null until a query has Chinese characters. */
var simplifiedForms = null;

function setSimplifiedForms(forms) { simplifiedForms = forms; }

/* A text with all traditional Chinese characters simplified. */
function simplify(text) {
  return text.replace(/[\u3400-\u9fff]/g, function (character) { return (simplifiedForms && simplifiedForms[character]) || character; });
}

function hasChinese(text) { return /[\u3400-\u9fff\uf900-\ufaff]/.test(text); }

function isInRanges(ranges, code) {
  return lastNotAfter(ranges, code) % 2 === 0;
}

/* The first and last characters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana and Han. */
var UNSPACED_RANGES = [0x0e00, 0x0eff, 0x1000, 0x109f, 0x1780, 0x17ff, 0x3040, 0x30ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xf900, 0xfaff, 0x20000, 0x3ffff];

/* The first of the characters of Chinese and Japanese. Words of such characters continue in the next line, and may have blanks between
   their characters. */
var FIRST_CJK = 0x3040, MAX_BLANKS_IN_WORD = 4;

function isUnspaced(code) {
  for (var i = 0; i < UNSPACED_RANGES.length; i += 2) {
    if (code >= UNSPACED_RANGES[i] && code <= UNSPACED_RANGES[i + 1]) {
      // Digits are words in every script.
      return code >= FIRST_CJK || !isInRanges(characterRanges.digits, code);
    }
  }
  return false;
}

function isCjk(code) { return code >= FIRST_CJK && isUnspaced(code); }

/* Characters that are ignored when words are compared: the soft hyphen, the Arabic tatweel, which lengthens letters, and characters
   without width. */
function isIgnored(code) {
  return code === 0xad || code === 0x640 || (code >= 0x200b && code <= 0x200f) || code === 0x2060 || code === 0xfeff;
}

/* The characters that Rust takes for blanks (Unicode's White_Space). */
function isBlank(code) {
  return code === 0x20 || (code >= 9 && code <= 13) || code === 0x85 || code === 0xa0 || code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

/* Whether a Chinese or Japanese character is at a position of a text, or follows after a few blanks. */
function continuesInCjk(text, at) {
  for (var i = at; i <= at + MAX_BLANKS_IN_WORD && i < text.length; i++) {
    var code = text.codePointAt(i);
    if (!isBlank(code)) { return isCjk(code); }
  }
  return false;
}

/* The digit from 0 to 9 for a digit of any script. Unicode assigns the digits of a script in runs that begin with a zero. */
function digitOf(code) {
  var ranges = characterRanges.digits;
  return String((code - ranges[lastNotAfter(ranges, code)]) % 10);
}

/* Calls `visit` with the code, the text and the position of each character. */
function eachCharacter(text, visit) {
  for (var i = 0; i < text.length; i++) {
    var code = text.charCodeAt(i), size = 1, low = text.charCodeAt(i + 1);
    if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      code = (code - 0xd800 << 10) + low - 0xdc00 + 0x10000;
      size = 2;
    }
    visit(code, text.substr(i, size), i);
    i += size - 1;
  }
}

/* The form under which a word is compared: in lower case, without accents, and in simplified Chinese characters. */
function fold(word) {
  var form = "";
  eachCharacter(word.toLowerCase().normalize("NFKD"), function (code, character) {
    if (isInRanges(characterRanges.marks, code) || isIgnored(code)) { return; }
    if (character in REPLACEMENTS) { form += REPLACEMENTS[character]; }
    else if (isInRanges(characterRanges.digits, code)) { form += digitOf(code); }
    else if (isInRanges(characterRanges.words, code)) { form += (simplifiedForms && simplifiedForms[character]) || character; }
  });
  return form;
}

/* The pairs of neighbouring characters in a text without spaces; a single character is one "pair". */
function bigrams(text, start) {
  var characters = [], pairs = [];
  eachCharacter(text, function (code, character, at) {
    // Some characters are folded to two.
    eachCharacter(fold(character), function (foldedCode, folded) {
      characters.push({ form: folded, from: start + at, to: start + at + character.length });
    });
  });
  for (var i = 0; i < Math.max(characters.length - 1, 1) && characters.length; i++) {
    var next = characters[i + 1] || { form: "", to: characters[i].to };
    pairs.push({ form: characters[i].form + next.form, from: characters[i].from, half: next.from, to: next.to, isBigram: true });
  }
  return pairs;
}

/* The words of a text with their positions, and bigrams where scripts have no spaces. */
function splitWords(text) {
  var NONE = 0, WORD = 1, UNSPACED = 2;
  var words = [], start = 0, kind = NONE;
  function endRun(end) {
    var run = text.slice(start, end);
    if (kind === WORD) {
      var form = fold(run);
      if (form) { words.push({ form: form, from: start, to: end }); }
    } else if (kind === UNSPACED) {
      bigrams(run, start).forEach(function (pair) { words.push(pair); });
    }
  }
  var isAfterCjk = false;
  eachCharacter(text, function (code, character, at) {
    var isJoiner = isInRanges(characterRanges.marks, code) || isIgnored(code) ||
      (isAfterCjk && isBlank(code) && continuesInCjk(text, at));
    var next = isUnspaced(code) ? UNSPACED : isInRanges(characterRanges.words, code) ? WORD : isJoiner ? kind : NONE;
    var isLetter = isUnspaced(code) || isInRanges(characterRanges.words, code);
    isAfterCjk = isLetter ? isCjk(code) : isAfterCjk && next !== NONE;
    if (next !== kind) {
      endRun(at);
      start = at;
      kind = next;
    }
  });
  endRun(text.length);
  return words;
}

/* Characters between two words of a compound, such as A/RES/60/1 or co-operation. */
var HYPHENS = "-\u2010\u2011\u2013\u2212", APOSTROPHES = "'\u2019\u02bc";
var MAX_COMPOUND = 40, MIN_JOINED_DIGITS = 8;

function joinerClass(character) {
  return character === "/" || character === "." ? character : HYPHENS.indexOf(character) >= 0 ? "-"
    : APOSTROPHES.indexOf(character) >= 0 ? "'" : "";
}

/* The compounds of a text with these words: symbols with their slashes and dots, others without hyphens. Each has the numbers of
   its first and last words. `isWhole` is true for symbols and numbers, whose words mean nothing without each other. */
function findCompounds(words, text) {
  var compounds = [], first = 0;

  function add(from, to, separator, isSymbol) {
    var form = words[from].form;
    for (var i = from + 1; i <= to; i++) { form += (isSymbol ? separator(i) : "") + words[i].form; }
    var isNumber = /^[0-9]+x?$/.test(form);
    var isCompound = isSymbol ? form.indexOf("/") >= 0 && /[0-9]/.test(form) : !isNumber || form.length >= MIN_JOINED_DIGITS;
    if (isCompound && to > from && form.length <= MAX_COMPOUND) {
      compounds.push({ form: form, first: from, last: to, isWhole: isSymbol || isNumber });
    }
  }

  function separator(number) { return joinerClass(text.charAt(words[number].from - 1)); }

  function isJoined(number) {
    var before = words[number - 1], word = words[number];
    return Boolean(word && before && !before.isBigram && !word.isBigram && word.from === before.to + 1 && separator(number));
  }

  words.forEach(function (word, number) {
    if (isJoined(number)) { return; }
    first = number;
    var last = number;
    while (isJoined(last + 1)) { last++; }
    if (last === first) { return; }
    add(first, last, separator, true);
    for (var from = first; from <= last; from = to + 1) {
      var to = from;
      while (to < last && "-'".indexOf(separator(to + 1)) >= 0) { to++; }
      add(from, to, separator, false);
    }
  });
  return compounds;
}

/* The particles that may be joined to the beginning of an Arabic word: a conjunction, a preposition and the article. */
var ARABIC_PARTICLES = /^([\u0648\u0641]?)([\u0628\u0643\u0644]?)((?:\u0627?\u0644)?)(?=[\u0621-\u064a]{3})/;

/* An Arabic form without its first particle, without its first two particles, and so on. Empty for other words. */
function formsWithoutParticle(form) {
  var particles = ARABIC_PARTICLES.exec(form), forms = [], length = 0;
  if (!particles) { return forms; }
  particles.slice(1).forEach(function (particle) {
    length += particle.length;
    if (particle && forms.indexOf(form.slice(length)) < 0) { forms.push(form.slice(length)); }
  });
  return forms;
}

/* The endings that are removed from Arabic words, as in the index: suffixes, and the endings of plurals, each with the minimum
   number of letters that must remain before it. */
var ARABIC_SUFFIXES = ["هما", "ها", "هم", "هن", "كم", "يه", "ه", "ي", "ا"], ARABIC_PLURALS = [["ات", 3], ["ون", 4], ["ين", 4]];

/* A form without an ending, if at least `minLetters` letters remain; otherwise "". */
function withoutEnding(form, ending, minLetters) {
  var rest = form.length - ending.length;
  return rest >= minLetters && form.slice(rest) === ending ? form.slice(0, rest) : "";
}

/* The stem of an Arabic form that has neither article nor particles. */
function arabicStem(form) {
  function firstOf(list) { return list.filter(Boolean)[0] || ""; }
  var bare = firstOf(ARABIC_SUFFIXES.map(function (ending) { return withoutEnding(form, ending, 3); }));
  var rest = bare || form;
  var singular = firstOf(ARABIC_PLURALS.map(function (plural) { return withoutEnding(rest, plural[0], plural[1]); }));
  var feminine = bare && withoutEnding(bare, "ت", 3);
  return (singular && withoutEnding(singular, "ي", 3)) || singular || feminine || rest;
}

/* The prefixes of Arabic verbs for I, you, he and we. */
var ARABIC_VERB = /^[اتين](?=[\u0621-\u064a]{3})/;

/* Other forms in which documents may have an Arabic word, in the order in which they are tried: without particles, without endings,
   and as verbs in other persons. Empty for other words. */
function otherArabicForms(form) {
  var without = formsWithoutParticle(form), isArabic = /^[\u0621-\u064a]{3,}$/.test(form);
  if (!isArabic) { return []; }
  var stems = [form].concat(without).map(arabicStem).filter(function (stem) { return stem !== form; });
  var verb = ARABIC_VERB.test(form) ? form.slice(1) : "";
  var persons = verb ? ["ت", "ي", "ن", "ا"].map(function (person) { return person + verb; }).concat(verb) : [];
  return [without, stems, persons.filter(function (each) { return each !== form; })].filter(function (step) { return step.length; });
}

/* The endings of words in languages with a stemmer, and after a dash the endings of the forms that the index has for each stem: forms of
   documents, or dictionary forms (src/search/analyser.rs). As folded forms. */
var INFLECTIONS = {
  da: "s e en et er ene erne ne de ede t - e",
  de: "e en er es s n em ern t te ten et est - e en er",
  en: "s es ed d ing ings ies ied - e y",
  es: "s es a as o os an en amos emos imos aba aban ado ada ados adas ido ida idos idas ando iendo aron ieron rme rte rse rle rles rlo rlos rla rlas rnos - o a e ar er ir",
  fi: "t n a ta ssa sta an en in lla lta lle ja - i",
  fr: "s x e es ee ees aux ent ez ons ait ais aient ant era eront - e er al",
  hu: "k ok ek ak t ot et at ban ben bol nak nek val vel on en ra re hoz",
  it: "i e a o ano ono iamo ato ata ati ate ito ita iti ite uto uta uti ute ando endo - o a e i are ere ire",
  nb: "s e en et er ene t te de - e",
  nl: "s en e n t te ten de den er - e en",
  pt: "s es a as o os oes ais eis ns am em amos ado ada ados adas ido ida idos idas ando endo aram eram iram - o a e ar er ir ao al el m",
  ro: "i e a ul ului le lor uri ilor elor - a e u i",
  ru: "а я ы и у ю е о ь ам ям ами ями ах ях ов ев еи ои ою ею ом ем ую юю ая яя ое ее ые ие ыи ии ого его ому ему ым им ых их ыми ими л ла ло ли " +
    "ал ала ало али ил ила ило или ет ют ит ят ут ешь ишь ете ите ть ать ить - а я о ь е ыи ии ои ть ать ить еть ия ие",
  sv: "s a e n t en et ar er or arna erna orna na de ade te - a e",
  tr: "lar ler lari leri larin lerin i u a e in un ya ye yi yu da de dan den nin nun si su"
};
INFLECTIONS.nn = INFLECTIONS.no = INFLECTIONS.nb;
/* The minimum number of letters before an ending, and before one of one or two letters, which many words have by chance. */
var MIN_INFLECTED = 3, MIN_BEFORE_SHORT_ENDING = 4, SHORT_ENDING = 2;

/* Forms that have the same stem as a word that no document has, in the order in which they are tried: first those with the shortest
   endings removed. The script has no stemmer, so that it knows only the endings. Empty in languages without a stemmer. */
function otherInflections(form, language) {
  var primary = language.split("-")[0], steps = [];
  if (!INFLECTIONS.hasOwnProperty(primary)) { return steps; }
  var endings = INFLECTIONS[primary].split(" - ").map(function (list) { return list.split(" "); });
  // A query may also have the dictionary form of a word of which documents have only other forms.
  endings[0].concat((endings[1] || []).filter(function (ending) { return endings[0].indexOf(ending) < 0; })).sort(function (a, b) { return a.length - b.length; }).forEach(function (ending) {
    var least = ending.length > SHORT_ENDING ? MIN_INFLECTED : MIN_BEFORE_SHORT_ENDING;
    var rest = withoutEnding(form, ending, Math.max(least, form.length / 2));
    if (!rest) { return; }
    steps.push([""].concat(endings[1] || []).map(function (other) { return rest + other; }).filter(function (other) { return other !== form; }));
  });
  return steps;
}

/* Phrases in single quotation marks. They begin after a space and end before one or before punctuation, as the closing mark
   is also an apostrophe. */
var SINGLE_QUOTED = /(^|\s)[‘‚]([^‘]*?)[’‘](?=$|[\s,.;:!?)*＊])/g;
var QUOTATION_MARKS = /(["＂“”„«»「」『』])/;
var ASTERISKS = "*＊";
/* Whether the last word of a query may go on: nothing, or only a character that joins words, is after it. */
var ENDS_IN_WORD = /[^\s.,;:!?…)\]\u037e\u055e\u060c\u061b\u061f\u06d4\u0964\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f]$/;
/* A minus before a word or a phrase excludes the pages that have it. */
var MINUS = /(?:^|\s)[-\u2212]$/;
var MAX_TERMS = 30, MAX_KEY_WORDS = 12;

/* The form under which the index of reports has titles and symbols as a whole. */
function keyOf(words) {
  return "=" + words.slice(0, MAX_KEY_WORDS).map(function (word) { return word.form; }).join(" ");
}

/* Numbers with at least two dots, such as 3.9.3, by the numbers of their words. Dates are left out: documents may write them in other ways. */
function findDottedNumbers(words, part) {
  var found = [], first = 0;
  words.forEach(function (word, number) {
    var before = words[number - 1], isDigits = /^[0-9]+$/.test(word.form);
    if (!(number && isDigits && word.from === before.to + 1 && part.charAt(before.to) === "." && /^[0-9]+$/.test(before.form))) { first = number; }
    if (number - first < 2 || !isDigits) { return; }
    var range = { first: first, last: number };
    for (var i = first; i <= number; i++) { found[i] = range; }
  });
  return found.map(function (range) {
    return words[range.first].form.length === 4 || words[range.last].form.length === 4 ? undefined : range;
  });
}

function termOfDottedNumber(words, range, part, run) {
  var all = words.slice(range.first, range.last + 1), text = part.slice(all[0].from, all[all.length - 1].to);
  return {
    form: text, text: text, phrase: all.map(function (word) { return word.form; }), run: run, joined: [],
    isExcluded: MINUS.test(part.slice(0, all[0].from)), isAlternative: /\|\s*$/.test(part.slice(0, all[0].from))
  };
}

/* The terms of one part of a query that has no quotation marks in it. */
function termsOfPart(part, isQuoted, runs) {
  var words = splitWords(part), compoundOf = [];
  // Words in quotation marks stay as they are.
  (isQuoted ? [] : findCompounds(words, part)).forEach(function (compound) {
    for (var i = compound.first; i <= compound.last; i++) {
      if (!compoundOf[i] || compound.isWhole) { compoundOf[i] = compound; }
    }
  });
  var terms = [];
  var dotted = isQuoted ? [] : findDottedNumbers(words, part);
  words.forEach(function (word, number) {
    var compound = compoundOf[number], isWhole = Boolean(compound && compound.isWhole);
    if (isWhole && number > compound.first) { return; }
    if (dotted[number]) {
      if (dotted[number].first === number) { terms.push(termOfDottedNumber(words, dotted[number], part, ++runs.count)); }
      return;
    }
    var last = words[isWhole ? compound.last : number], before = words[number - 1];
    // A minus before a single letter or digit belongs to the option of a command: ls -l.
    var isOption = !compound && !word.isBigram && Array.from(word.form).length === 1;
    var isExcluded = (!isOption && MINUS.test(part.slice(0, word.from))) ||
      Boolean(compound && terms.length && !isWhole && compoundOf[number - 1] === compound && terms[terms.length - 1].isExcluded);
    var isJoined = before && (word.isBigram ? before.isBigram && before.to >= word.from : compound && compoundOf[number - 1] === compound);
    if (!isJoined) { runs.count++; }
    terms.push({
      form: isWhole ? compound.form : word.form,
      text: part.slice(word.from, last.to),
      // A single character finds the pairs that begin with it.
      isPrefix: (last.to < part.length && ASTERISKS.indexOf(part.charAt(last.to)) >= 0) ||
        (word.isBigram === true && Array.from(word.form).length === 1),
      isBigram: word.isBigram,
      isQuoted: isQuoted,
      // Only this character is marked, not the pairs that it belongs to.
      isCharacter: word.isBigram === true && Array.from(word.form).length === 1,
      // Words with nothing or only a hyphen between them have the same number.
      run: runs.count,
      isExcluded: isExcluded,
      parts: isWhole ? words.slice(compound.first, compound.last + 1).map(function (each) { return each.form; }) : null,
      joined: compound && !isWhole ? [compound.form] : [],
      // Whether a bar precedes it.
      isAlternative: /\|\s*$/.test(part.slice(0, word.from))
    });
  });
  return terms;
}

/* Joins alternatives: the word OR, in capitals, and a bar make the items before and after them alternatives. An item is a word, a
   phrase, or several words that belong together, such as words joined by hyphens. */
function joinAlternatives(items) {
  var joined = [];
  items.forEach(function (item, number) {
    var before = joined[joined.length - 1], next = items[number + 1];
    if (item.isOr && before && next && !before.isExcluded && !next.isExcluded) {
      next.isAlternative = true;
    } else if (item.isAlternative && before && !item.isExcluded) {
      before.alternatives = (before.alternatives || []).concat(item);
    } else {
      joined.push(item);
    }
  });
  return joined;
}

/* The term for an item that is one of several alternatives. An item of several words becomes a phrase. */
function alternativeTerm(item) {
  if (item.terms.length === 1) { return item.terms[0]; }
  return {
    form: item.phrase.join(" "), phrase: item.phrase, run: item.terms[0].run, isAlternative: true,
    text: item.terms.map(function (term) { return term.text; }).join(" "), joined: item.terms[0].joined
  };
}

/* The items of one part of a query. Words with nothing or only a hyphen between them are one item, and so is a phrase. */
function itemsOfPart(words, isQuoted, isExcluded) {
  var items = [];
  words.forEach(function (term) {
    var last = items[items.length - 1];
    if (last && (isQuoted || (term.run === last.terms[0].run && !term.isAlternative))) {
      last.terms.push(term);
      last.phrase.push(term.form);
      return;
    }
    items.push({
      terms: [term], phrase: [term.form], isQuoted: isQuoted, isExcluded: isExcluded || term.isExcluded,
      isOr: !isQuoted && term.text === "OR", isAlternative: term.isAlternative
    });
  });
  return items;
}

/* The text of neighbouring terms. Pairs of characters overlap. */
function textOfTerms(terms) {
  return terms.reduce(function (text, term, at) {
    return text + (!at ? term.text : term.isBigram && terms[at - 1].isBigram ? term.text.slice(1) : " " + term.text);
  }, "");
}

/* Parses a query. Returns its terms, each once and with its text as typed; its phrases, which were in quotation marks, and their texts
   as typed, with the marks; the excluded terms and phrases, and their texts; and the key of the whole query. */
function parseQuery(query) {
  var items = [], terms = [], excluded = [], phrases = [], phraseTexts = [], excludedPhrases = [], termsOfExcludedPhrases = [], excludedTexts = [], runs = { count: 0 }, seen = newMap();
  // Every other part is a quotation mark.
  var split = query.replace(SINGLE_QUOTED, '$1"$2"').split(QUOTATION_MARKS), marks = [];
  var parts = split.filter(function (part, number) {
    if (number % 2) { marks.push(part); }
    return number % 2 === 0;
  });
  parts.forEach(function (part, number) {
    var isQuoted = number % 2 === 1, before = number ? parts[number - 1] : "";
    var words = termsOfPart(part, isQuoted, runs);
    if (!isQuoted && words.length && number === parts.length - 1 && ENDS_IN_WORD.test(part)) {
      // The reader may still be typing it.
      words[words.length - 1].isLast = true;
    }
    var added = itemsOfPart(words, isQuoted, isQuoted && MINUS.test(before));
    if (added.length && isQuoted) {
      added[0].text = marks[number - 1] + part + (marks[number] || "");
      if (/\|\s*$/.test(before)) { added[0].isAlternative = true; }
    }
    items = items.concat(added);
  });
  joinAlternatives(items).forEach(function (item) {
    if (item.alternatives) {
      var term = alternativeTerm(item);
      term.alternatives = item.alternatives.map(alternativeTerm);
      terms.push(term);
      return;
    }
    if (item.isExcluded) { excludedTexts.push(item.text || textOfTerms(item.terms)); }
    if (item.isQuoted && item.terms.length > 1) {
      if (item.isExcluded) {
        excludedPhrases.push(item.phrase);
        termsOfExcludedPhrases = termsOfExcludedPhrases.concat(item.terms);
        return;
      }
      phrases.push(item.phrase);
      phraseTexts.push(item.text);
    }
    if (item.isExcluded && item.terms[0].phrase) {
      excludedPhrases.push(item.terms[0].phrase);
      termsOfExcludedPhrases.push(item.terms[0]);
      return;
    }
    item.terms.forEach(function (term) { term.isExcluded = item.isExcluded; });
    (item.isExcluded ? excluded : terms).push.apply(item.isExcluded ? excluded : terms, item.terms);
  });
  // If a query has only excluded terms, they are searched for.
  var isOnlyExcluded = !terms.length && excluded.length + excludedPhrases.length > 0;
  if (isOnlyExcluded) {
    terms = excluded.concat(termsOfExcludedPhrases);
    phrases = excludedPhrases;
    phraseTexts = phrases.map(function (phrase) { return phrase.join(" "); });
    excluded = excludedPhrases = excludedTexts = [];
  }
  excluded.forEach(function (term) { seen[term.form] = true; });
  terms = terms.filter(function (term) {
    var isNew = !(term.form in seen);
    seen[term.form] = true;
    return isNew;
  });
  terms.forEach(function (term) {
    if (term.isLast) { term.others = terms.filter(function (other) { return other !== term; }).map(function (other) { return other.form; }); }
  });
  return {
    terms: terms.slice(0, MAX_TERMS), phrases: phrases, phraseTexts: phraseTexts, excluded: excluded, excludedPhrases: excludedPhrases,
    excludedTexts: excludedTexts, isOnlyExcluded: isOnlyExcluded, key: keyOf(splitWords(query))
  };
}

/* Characters that are words of their own in Chinese: a pair with one of them is a stop word, but its other character is not. */
var CHINESE_PARTICLES = "的了吗呢么在是我你";

/* In scripts without spaces, a pair of characters that overlaps with a stop word counts as a stop word too, if its other character
   is part of another pair. */
function findOverlaps(terms) {
  var minor = terms.map(function (term) { return term.isBigram && term.isMinor; });
  function isInRun(at, run) { return terms[at] && terms[at].isBigram && terms[at].run === run; }
  terms.forEach(function (term, at) {
    if (!term.isBigram || minor[at]) { return; }
    [-1, 1].forEach(function (step) {
      if (!isInRun(at + step, term.run) || !minor[at + step]) { return; }
      var form = terms[at + step].form, other = step > 0 ? form.slice(1) : form.charAt(0);
      if (CHINESE_PARTICLES.indexOf(other) < 0 && isInRun(at - step, term.run) && !minor[at - step]) { term.isMinor = true; }
    });
  });
}

/* The words with which questions begin, in lower case, for the languages that have stop words. Words with which other sentences
   begin just as often are left out. In Chinese, the words are simplified, and may be
   anywhere in the question. */
var QUESTION_WORDS = {
  ar: "كيف ما ماذا لماذا متى أين من هل كم بكم أي أية أيهما لمن ممن عما بماذا ألا أليس",
  de: "wie was wer wen wem wo wohin woher wann warum wieso weshalb wozu welche welcher welches welchen wieviel",
  en: "how what who whom whose where when why which",
  es: "qué quién quiénes cómo cuándo cuánto cuánta cuántos cuántas dónde cuál cuáles",
  fr: "comment pourquoi quel quelle quels quelles qui où combien quand",
  it: "come cosa chi dove quando perché quale quali quanto quanta quanti quante",
  nl: "hoe wat wie waar wanneer waarom welke hoeveel",
  pt: "como quem quando onde quanto quanta quantos quantas qual quais",
  ru: "как что кто кого кому где куда откуда когда почему зачем сколько какой какая какое какие каковы чем",
  sv: "hur vad vem var när varför vilken vilket vilka",
  tr: "nasıl ne kim nerede neden niçin hangi kaç",
  zh: "什么 怎么 怎样 如何 为何 为啥 哪些 哪个 哪里 哪儿 哪种 哪一 多少 多久 几个 几种 何时 何处 何种 是否 能否 可否 有没有 是不是 能不能 可不可以 会不会 要不要 谁"
};
/* The question marks of all scripts, and the Chinese particles that are used instead of them. */
var ENDS_AS_QUESTION = /[?？؟\u037e\u055e]\s*$|[吗嗎呢]\s*$/, BEGINS_AS_QUESTION = /^\s*¿/;

/* Whether a query in a language is a question. The stop words of a question say nothing about its subject, while the stop words of
   a sentence that a reader remembers help to find it. */
function isQuestion(query, language) {
  if (ENDS_AS_QUESTION.test(query) || BEGINS_AS_QUESTION.test(query)) { return true; }
  var primary = language.split("-")[0], words = QUESTION_WORDS.hasOwnProperty(primary) ? QUESTION_WORDS[primary].split(" ") : [];
  if (primary === "zh") { return words.some(function (word) { return simplify(query).indexOf(word) >= 0; }); }
  var first = query.toLowerCase().normalize("NFC").trim().split(/[\s'’]/)[0];
  // Arabic is often typed without hamza, and a question may begin with “and” or “then”.
  return primary === "ar" ? words.map(fold).indexOf(fold(first).replace(/^[\u0648\u0641](?=..)/, "")) >= 0 : words.indexOf(first) >= 0;
}

/* Words of questions that tell nothing about their subject, besides the stop words of the index: interrogatives, modal and auxiliary
   verbs, pronouns, and the verbs and nouns with which one asks. As folded forms. Outside of questions, they count like others. */
var ASKING_WORDS = {
  ar: "بدون دون مني منك منا منكم عني عنك عنا لي لك لنا لكم بي بك بنا معي معك معنا علينا عليك الينا اليك احدهم شخص استطيع تستطيع يستطيع نستطيع يمكنك " +
    "يمكننا بامكاني بامكانك احتاج تحتاج يحتاج نحتاج يحق يجوز لو ليس ليست توجد يوجد يتم الفرق فرق بين سوف ايهما ايهم ايه لمن ممن مما عما بماذا ضد",
  de: "darf darfst durfen durft durfte kannst konnt konntest konnten mag magst mogen mochte mochten musst musste mussten sollte sollten sollst " +
    "sollt willst wollt wollte wollten wurde wurden wurdest werde wirst wen wem wessen wann wohin woher womit wofur woran worauf wovon wodurch weshalb wieviel " +
    "wieviele unterschied",
  en: "cannot without could couldn may might mustn needn shouldn wouldn won don doesn didn isn aren wasn weren anyone else ever allowed able let lets " +
    "supposed going happen happened difference against keep stop",
  es: "debemos debeis debes deberia deberias deberian debia podemos podeis puedes podia podria podrias podrian pude pudo queremos quieres quieren querria " +
    "necesitamos necesitas tenemos tienes tendria hacemos haces haria hay haya hubo habra ver diferencia diferencias significa estoy estas estamos eres somos pone ponen contra " +
    "cuyo cuya mia mio mias mios",
  fr: "voir puisse puissent puissions pouvons pouvez pourrait pourrais pourrions pourriez pourra pourrai pouvait devons devez devrait devrais devrions devriez devra " +
    "devait faudrait faudra fallait voulons voulez voulait voudrais voudrait savons savez sais faisons faites fais ferait avons avez avait avoir as aurait sera " +
    "serait serais sommes etes suis difference differences lequel laquelle lesquels lesquelles auquel duquel lorsque contre fonctionne",
  it: "puoi possiamo potete potrei potrebbe potra devi dobbiamo dovete dovrei dovrebbe dovra vuoi vogliamo volete vuole vogliono vorrei fai facciamo fanno hai ho " +
    "abbiamo avere essere e sei siamo vedere senza quanti quante quanta differenza",
  nl: "kunt kon konden mag mogen mocht moest moesten wil wilt willen wilde zal zult zullen zou zouden doe doet doen heb hebt ben bent wanneer waarheen waarvoor " +
    "waarmee waarin zonder zien verschil",
  pt: "podemos podes poderia poderiam deves devemos deveria deveriam quer queres queremos queria tens tenho temos fazemos faco ver sem significa estou estamos " +
    "sou somos es quanta quantas quantos diferenca diferencas",
  ru: "нужен нужна нужны необходимо стоит могу можешь могут можем можете мог могла могло могли должно обязан обязана обязаны хочу хочешь хочет хотим хотите хотят " +
    "который которого которому которую котором которою какого какому какую каком каких какими каков какова каково каковы чья чье чьего буду будешь будет будем " +
    "будете будут является являются увидеть видеть разница разницу отличие отличия отличается отличаются нибудь разве неужели против происходит",
  sv: "far fick kunna kunde maste borde skall skulle vill ville gor gora gjort finns behover vart utan se skillnad",
  tr: "nedir midir misin miyim muyum gerekir gerekiyor gerek lazim kac kacinci hangisi kime kimin neler nereye nereden fark farki"
};
/* The same in simplified Chinese: parts of a text without spaces, which end the words before and after them. */
var CHINESE_ASKING = "有没有什么 有什么样的 是什么样的 什么时候 有没有 是不是 能不能 可不可以 会不会 要不要 需不需要 为什么 有什么 是什么 做什么 什么样 怎么办 怎么样 怎样才能 怎么才能 如何才能 " +
  "多长时间 有哪些 有哪种 是哪个 是哪些 有多少 什么 怎么 怎样 如何 为何 何时 何处 是否 能否 可否 哪一个 哪一种 哪些 哪个 哪种 哪里 哪儿 多少 多久 几个 几种 请问 应该 " +
  "应当 可以 能够 也能 还能 才能 需要 必须 想要 知道 一个 一种 一些 这个 这些 那个 那些 我们 你们 他们 有人 谁能 谁是 是谁 如果 的时候 为啥 谁 几时 多大 多长 多远 " +
  "多高 怎么会 怎么能 哪一些 哪一类 有谁";
var askingWords = newMap(), chineseAsking = null;

/* Lets the terms of a question that only serve to ask count as stop words. In Chinese, so do the pairs of characters that are partly in
   such a word, unless nothing else remains. */
function findAskingWords(terms, question, language) {
  var primary = language.split("-")[0], rest = newMap(), remains = false;
  function isCut(term) { return term.isBigram && !term.isCharacter && !(term.form in rest); }
  if (primary === "zh") {
    chineseAsking = chineseAsking || new RegExp(CHINESE_ASKING.split(" ").sort(function (a, b) { return b.length - a.length; }).join("|"), "g");
    splitWords(simplify(question).replace(chineseAsking, "\u3002")).forEach(function (word) { rest[word.form] = true; });
    remains = terms.some(function (term) { return !isCut(term) && !term.isMinor; });
    if (remains) { terms.forEach(function (term) { if (isCut(term)) { term.isMinor = true; } }); }
    return;
  }
  if (!ASKING_WORDS.hasOwnProperty(primary)) { return; }
  if (!askingWords[primary]) {
    askingWords[primary] = newMap();
    ASKING_WORDS[primary].split(" ").forEach(function (word) { askingWords[primary][word] = true; });
  }
  terms.forEach(function (term) { if (term.form in askingWords[primary]) { term.isMinor = true; } });
}
