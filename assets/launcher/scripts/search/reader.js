/* --- The contents of a shard. docs/search.md of make-disc describes the format. */

function decodeUtf8(bytes, from, to) {
  var text = "", units = [];
  while (from < to) {
    var byte = bytes[from++], code;
    if (byte < 0x80) { code = byte; }
    else if (byte < 0xe0) { code = (byte & 31) << 6 | bytes[from++] & 63; }
    else if (byte < 0xf0) { code = (byte & 15) << 12 | (bytes[from++] & 63) << 6 | bytes[from++] & 63; }
    else { code = (byte & 7) << 18 | (bytes[from++] & 63) << 12 | (bytes[from++] & 63) << 6 | bytes[from++] & 63; }
    if (code > 0xffff) {
      code -= 0x10000;
      units.push(0xd800 | code >> 10, 0xdc00 | code & 0x3ff);
    } else {
      units.push(code);
    }
    // The number of arguments of a function is limited.
    if (units.length > 4000) {
      text += String.fromCharCode.apply(null, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(null, units);
}

/* Reads numbers and texts one after the other. */
function ByteReader(bytes) {
  this.bytes = bytes;
  this.offset = 0;
}

ByteReader.prototype.hasMore = function () { return this.offset < this.bytes.length; };

ByteReader.prototype.readNumber = function () {
  var number = 0, shift = 0, byte;
  do {
    byte = this.bytes[this.offset++];
    number += (byte & 127) * Math.pow(2, shift);
    shift += 7;
  } while (byte & 128);
  return number;
};

ByteReader.prototype.readText = function () {
  var length = this.readNumber();
  this.offset += length;
  return decodeUtf8(this.bytes, this.offset - length, this.offset);
};

/* Traditional Chinese characters, each with its simplified form. */
function readVariants(reader) {
  var forms = newMap(), code = 0;
  while (reader.hasMore()) {
    code += reader.readNumber();
    var difference = reader.readNumber();
    forms[String.fromCharCode(code)] = String.fromCharCode(code + (difference % 2 ? -(difference + 1) / 2 : difference / 2));
  }
  return forms;
}

/* The number of the first item in each of several consecutive shards. */
function readFirstItems(reader) {
  var firsts = [], next = 0;
  for (var shards = reader.readNumber(); shards; shards--) {
    firsts.push(next);
    next += reader.readNumber();
  }
  return firsts;
}

function readList(reader, read) {
  var list = [];
  for (var i = reader.readNumber(); i; i--) { list.push(read()); }
  return list;
}

function readHead(reader) {
  function readText() { return reader.readText(); }
  var head = { pages: reader.readNumber() }, firstPage = 0, report = 0;
  head.documents = readList(reader, function () {
    var pages = reader.readNumber();
    report += reader.readNumber();
    var document = { firstPage: firstPage, isPaginated: pages % 2 === 1, report: report, format: reader.readNumber() };
    firstPage += pages >> 1;
    return document;
  });
  head.formats = readList(reader, readText);
  head.documentsPerShard = reader.readNumber();
  head.postings = readFirstItems(reader);
  head.words = readList(reader, readText);
  head.texts = readFirstItems(reader);
  return head;
}

function readCatalogueHead(reader) {
  function readText() { return reader.readText(); }
  return {
    pages: reader.readNumber(), languages: readList(reader, readText), postings: readFirstItems(reader),
    words: readList(reader, readText), records: readFirstItems(reader)
  };
}

/* Reads records of reports. Languages are stored as numbers of the codes in `languages`. */
function readRecords(reader, languages) {
  var records = [];
  function readLanguage() { return languages[reader.readNumber() - 1] || ""; }
  while (reader.hasMore()) {
    records.push({
      page: reader.readText(),
      fields: readList(reader, function () {
        return { kind: FIELDS[reader.readNumber()], lang: readLanguage(), text: reader.readText() };
      }),
      files: readList(reader, function () {
        return { lang: readLanguage(), link: reader.readText(), format: reader.readText() };
      })
    });
  }
  return records;
}

/* The kinds of fields, by their numbers. */
var FIELDS = ["title", "own title", "symbol", "authors", "subjects", "publisher", "series", "isbn", "issn", "doi", "sections", "summary", "part", "date"];

/* The number of the section and the year of each report; the year is 0 if it is not known. */
function readFacets(reader) {
  var facets = [];
  while (reader.hasMore()) { facets.push({ section: reader.readNumber(), year: reader.readNumber() }); }
  return facets;
}

function readWords(reader) {
  var words = [], bytes = [];
  while (reader.hasMore()) {
    bytes.length = reader.readNumber();
    for (var more = reader.readNumber(); more; more--) { bytes.push(reader.bytes[reader.offset++]); }
    var number = reader.readNumber();
    var word = { form: decodeUtf8(bytes, 0, bytes.length), stems: [], own: null, isMinor: number % 2 === 1 };
    for (var stems = number >> 2; stems; stems--) {
      word.stems.push({ id: reader.readNumber(), pages: reader.readNumber() });
    }
    if (number & 2) { word.own = { id: reader.readNumber(), pages: reader.readNumber() }; }
    words.push(word);
  }
  return words;
}

function readPostings(reader) {
  var lists = [];
  while (reader.hasMore()) {
    var length = reader.readNumber();
    lists.push(reader.bytes.subarray(reader.offset, reader.offset + length));
    reader.offset += length;
  }
  return lists;
}

function readTexts(reader) {
  var texts = [];
  while (reader.hasMore()) { texts.push(reader.readText()); }
  return texts;
}

function readDocuments(reader) {
  var documents = [];
  while (reader.hasMore()) {
    documents.push({
      title: reader.readText(), lang: reader.readText(), report: reader.readText(), file: reader.readText(),
      isRecognised: reader.readNumber() === 1, labels: readList(reader, function () { return reader.readText(); })
    });
  }
  return documents;
}

/* The position of the last item of a sorted list that is not after `wanted`; -1 if all are after it. */
function lastNotAfter(list, wanted, key) {
  var low = 0, high = list.length;
  while (low < high) {
    var middle = low + high >> 1;
    if ((key ? key(list[middle]) : list[middle]) <= wanted) { low = middle + 1; } else { high = middle; }
  }
  return low - 1;
}
