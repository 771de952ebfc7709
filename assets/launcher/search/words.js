  /* --- Words. */

  var tables = null;

  function starts(table) {
    var end = 0;
    return table.split(" ").map(function (length) {
      end += parseInt(length, 36);
      return end;
    });
  }

  function within(table, code) {
    return lastUpTo(table, code) % 2 === 0;
  }

  var SIGNS = [0x0e00, 0x0eff, 0x1000, 0x109f, 0x1780, 0x17ff, 0x3040, 0x30ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xf900, 0xfaff, 0x20000, 0x3ffff];

  function isSign(code) {
    for (var i = 0; i < SIGNS.length; i += 2) {
      if (code >= SIGNS[i] && code <= SIGNS[i + 1]) { return true; }
    }
    return false;
  }

  var LETTERS = {
    "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th",
    "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643", "\u0640": ""
  };

  function characters(text, work) {
    for (var i = 0; i < text.length; i++) {
      var code = text.charCodeAt(i), size = 1, low = text.charCodeAt(i + 1);
      if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        code = (code - 0xd800 << 10) + low - 0xdc00 + 0x10000;
        size = 2;
      }
      work(code, text.substr(i, size), i);
      i += size - 1;
    }
  }

  function fold(word) {
    var form = "";
    characters(word.toLowerCase().normalize("NFKD"), function (code, character) {
      if (within(tables[1], code)) { return; }
      if (LETTERS.hasOwnProperty(character)) { form += LETTERS[character]; }
      else if (within(tables[0], code)) { form += character; }
    });
    return form;
  }

  /* The words of a text with their places; of scripts without spaces each two neighbouring signs. */
  function wordsOf(text) {
    var words = [], start = 0, kind = 0;
    function end(at) {
      var piece = text.slice(start, at);
      if (kind === 1) {
        var form = fold(piece);
        if (form) { words.push({ form: form, from: start, to: at }); }
      } else if (kind === 2) {
        var signs = [];
        characters(piece, function (code, sign, place) {
          var folded = fold(sign);
          if (folded) { signs.push({ form: folded, from: start + place, to: start + place + sign.length }); }
        });
        for (var i = 0; i < Math.max(signs.length - 1, 1) && signs.length; i++) {
          var next = signs[i + 1] || { form: "", to: signs[i].to };
          words.push({ form: signs[i].form + next.form, from: signs[i].from, to: next.to, sign: true });
        }
      }
    }
    characters(text, function (code, character, at) {
      var now = isSign(code) ? 2 : within(tables[0], code) ? 1
        : within(tables[1], code) || code === 0xad || code === 0x640 ? kind : 0;
      if (now !== kind) {
        end(at);
        start = at;
        kind = now;
      }
    });
    end(text.length);
    return words;
  }

  /* A query: its words, and which of them belong together in quotes. */
  function parsed(query) {
    var terms = [], phrases = [];
    query.split(/["“”„«»]/).forEach(function (part, number) {
      var words = wordsOf(part).map(function (word) {
        return { form: word.form, open: part.charAt(word.to) === "*", sign: word.sign };
      });
      if (number % 2 && words.length > 1) {
        phrases.push(words.map(function (word) { return word.form; }));
      } else if (number % 2 === 0 && words.length && /\S$/.test(part) && number === query.split(/["“”„«»]/).length - 1) {
        // The last word may not be finished.
        words[words.length - 1].last = true;
      }
      terms = terms.concat(words);
    });
    var seen = {};
    terms = terms.filter(function (term) {
      var is = !seen[term.form];
      seen[term.form] = true;
      return is;
    });
    return { terms: terms, phrases: phrases };
  }

