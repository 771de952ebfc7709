/* --- Words. The index was made with the same rules by src/search/analyser.rs of make-disc. */

/* Where the ranges of characters begin and end that belong to words, and of marks that are ignored. */
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

function isInRanges(ranges, code) {
  return lastNotAfter(ranges, code) % 2 === 0;
}

/* The first and last characters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana and Han. */
var UNSPACED_RANGES = [0x0e00, 0x0eff, 0x1000, 0x109f, 0x1780, 0x17ff, 0x3040, 0x30ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xf900, 0xfaff, 0x20000, 0x3ffff];

/* The first character of Chinese and Japanese, whose words go on in the next line and are sometimes spaced out. */
var FIRST_CJK = 0x3040, MAX_BLANKS_IN_WORD = 4;

function isUnspaced(code) {
  for (var i = 0; i < UNSPACED_RANGES.length; i += 2) {
    if (code >= UNSPACED_RANGES[i] && code <= UNSPACED_RANGES[i + 1]) {
      // The digits of these scripts are words, like those of others.
      return code >= FIRST_CJK || !isInRanges(characterRanges.digits, code);
    }
  }
  return false;
}

function isCjk(code) { return code >= FIRST_CJK && isUnspaced(code); }

/* Characters that have no effect on what a word is: the soft hyphen, the Arabic lengthening of letters, and characters
   without width. */
function isIgnored(code) {
  return code === 0xad || code === 0x640 || (code >= 0x200b && code <= 0x200f) || code === 0x2060 || code === 0xfeff;
}

/* Blanks as Rust knows them (Unicode's White_Space). */
function isBlank(code) {
  return code === 0x20 || (code >= 9 && code <= 13) || code === 0x85 || code === 0xa0 || code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

/* Whether a text has a few blanks from a position on, and then goes on in Chinese or Japanese. */
function continuesInCjk(text, at) {
  for (var i = at; i <= at + MAX_BLANKS_IN_WORD && i < text.length; i++) {
    var code = text.codePointAt(i);
    if (!isBlank(code)) { return isCjk(code); }
  }
  return false;
}

/* The digit from 0 to 9 for a digit of any script. Unicode assigns them in runs that begin with a zero. */
function digitOf(code) {
  var ranges = characterRanges.digits;
  return String((code - ranges[lastNotAfter(ranges, code)]) % 10);
}

var REPLACEMENTS = newMap({
  "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th",
  "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643"
});

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

/* The form under which a word is compared: in lower case, without accents. */
function fold(word) {
  var form = "";
  eachCharacter(word.toLowerCase().normalize("NFKD"), function (code, character) {
    if (isInRanges(characterRanges.marks, code) || isIgnored(code)) { return; }
    if (character in REPLACEMENTS) { form += REPLACEMENTS[character]; }
    else if (isInRanges(characterRanges.digits, code)) { form += digitOf(code); }
    else if (isInRanges(characterRanges.words, code)) { form += character; }
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
    pairs.push({ form: characters[i].form + next.form, from: characters[i].from, to: next.to, isBigram: true });
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

/* Phrases in single quotation marks. They begin after a space and end before one or before punctuation, as the closing mark
   is also an apostrophe. */
var SINGLE_QUOTED = /(^|\s)[‘‚]([^‘]*?)[’‘](?=$|[\s,.;:!?)*＊])/g;
var QUOTATION_MARKS = /["＂“”„«»「」『』]/;
var ASTERISKS = "*＊";

/* The terms of a query, each once and with its text as typed, and its phrases, which were in quotation marks. */
function parseQuery(query) {
  var terms = [], phrases = [], seen = newMap();
  var parts = query.replace(SINGLE_QUOTED, '$1"$2"').split(QUOTATION_MARKS);
  parts.forEach(function (part, number) {
    var isQuoted = number % 2 === 1;
    var words = splitWords(part).map(function (word) {
      return {
        form: word.form,
        text: part.slice(word.from, word.to),
        // A single character is the beginning of pairs.
        isPrefix: (word.to < part.length && ASTERISKS.indexOf(part.charAt(word.to)) >= 0) ||
          (word.isBigram === true && Array.from(word.form).length === 1),
        isBigram: word.isBigram
      };
    });
    if (isQuoted && words.length > 1) {
      phrases.push(words.map(function (word) { return word.form; }));
    } else if (!isQuoted && words.length && number === parts.length - 1 && /\S$/.test(part)) {
      // The reader may still be typing it.
      words[words.length - 1].isLast = true;
    }
    terms = terms.concat(words);
  });
  terms = terms.filter(function (term) {
    var isNew = !(term.form in seen);
    seen[term.form] = true;
    return isNew;
  });
  return { terms: terms, phrases: phrases };
}
