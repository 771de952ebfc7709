  /* --- Bytes. */

  /* Seven bits a character, the lowest first. */
  function unpack(text) {
    var bytes = new Uint8Array(text.length * 7 >> 3);
    var held = 0, bits = 0, at = 0;
    for (var i = 0; i < text.length; i++) {
      held |= text.charCodeAt(i) << bits;
      bits += 7;
      if (bits >= 8) {
        bytes[at++] = held & 255;
        held >>= 8;
        bits -= 8;
      }
    }
    return bytes;
  }

  /* RFC 1951, 3.2.5: the least length or distance of each code, and its extra bits. */
  var LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  var LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  var DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  var DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
  var CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  /* Canonical codes: how many there are of each length, and their symbols in order (3.2.2). */
  function codes(lengths) {
    var count = [], offsets = [0, 0], symbols = [], i;
    for (i = 0; i < 16; i++) { count[i] = 0; }
    for (i = 0; i < lengths.length; i++) { count[lengths[i]]++; }
    count[0] = 0;
    for (i = 1; i < 15; i++) { offsets[i + 1] = offsets[i] + count[i]; }
    for (i = 0; i < lengths.length; i++) {
      if (lengths[i]) { symbols[offsets[lengths[i]]++] = i; }
    }
    return { count: count, symbols: symbols };
  }

  function inflate(input) {
    var at = 0, held = 0, bits = 0;
    var out = new Uint8Array(input.length * 4 + 1024), length = 0;

    function need(count) {
      while (bits < count) {
        if (at >= input.length) { throw new Error("cut short"); }
        held |= input[at++] << bits;
        bits += 8;
      }
      var value = held & ((1 << count) - 1);
      held >>>= count;
      bits -= count;
      return value;
    }

    function room(count) {
      if (length + count > out.length) {
        var larger = new Uint8Array(Math.max(out.length * 2, length + count));
        larger.set(out);
        out = larger;
      }
    }

    function symbol(table) {
      var code = 0, first = 0, index = 0;
      for (var size = 1; size < 16; size++) {
        code |= need(1);
        var count = table.count[size];
        if (code - count < first) { return table.symbols[index + code - first]; }
        index += count;
        first = first + count << 1;
        code <<= 1;
      }
      throw new Error("no such code");
    }

    function block(literals, distances) {
      for (;;) {
        var value = symbol(literals);
        if (value === 256) { return; }
        if (value < 256) {
          room(1);
          out[length++] = value;
          continue;
        }
        var run = LENGTHS[value - 257] + need(LENGTH_BITS[value - 257]);
        var code = symbol(distances);
        var back = DISTANCES[code] + need(DISTANCE_BITS[code]);
        if (back > length) { throw new Error("too far back"); }
        room(run);
        for (var i = 0; i < run; i++, length++) { out[length] = out[length - back]; }
      }
    }

    function filled(count, value) {
      var list = [];
      while (count--) { list.push(value); }
      return list;
    }

    function dynamic() {
      var literals = need(5) + 257, distances = need(5) + 1, lengthCodes = need(4) + 4;
      var lengths = filled(19, 0), all = [];
      for (var i = 0; i < lengthCodes; i++) { lengths[CODE_ORDER[i]] = need(3); }
      var table = codes(lengths);
      while (all.length < literals + distances) {
        var value = symbol(table);
        if (value < 16) { all.push(value); }
        else if (value === 16) { all = all.concat(filled(need(2) + 3, all[all.length - 1])); }
        else if (value === 17) { all = all.concat(filled(need(3) + 3, 0)); }
        else { all = all.concat(filled(need(7) + 11, 0)); }
      }
      block(codes(all.slice(0, literals)), codes(all.slice(literals, literals + distances)));
    }

    var last;
    do {
      last = need(1);
      var kind = need(2);
      if (kind === 0) {
        held = bits = 0;
        var size = input[at] | input[at + 1] << 8;
        at += 4;
        room(size);
        for (var i = 0; i < size; i++) { out[length++] = input[at++]; }
      } else if (kind === 1) {
        block(codes(filled(144, 8).concat(filled(112, 9), filled(24, 7), filled(8, 8))), codes(filled(30, 5)));
      } else if (kind === 2) {
        dynamic();
      } else {
        throw new Error("no such block");
      }
    } while (!last);
    return out.subarray(0, length);
  }

  function utf8(bytes, from, to) {
    var text = "", piece = [];
    while (from < to) {
      var byte = bytes[from++], code;
      if (byte < 0x80) { code = byte; }
      else if (byte < 0xe0) { code = (byte & 31) << 6 | bytes[from++] & 63; }
      else if (byte < 0xf0) { code = (byte & 15) << 12 | (bytes[from++] & 63) << 6 | bytes[from++] & 63; }
      else { code = (byte & 7) << 18 | (bytes[from++] & 63) << 12 | (bytes[from++] & 63) << 6 | bytes[from++] & 63; }
      if (code > 0xffff) {
        code -= 0x10000;
        piece.push(0xd800 | code >> 10, 0xdc00 | code & 0x3ff);
      } else {
        piece.push(code);
      }
      if (piece.length > 4000) {
        text += String.fromCharCode.apply(null, piece);
        piece = [];
      }
    }
    return text + String.fromCharCode.apply(null, piece);
  }

  /* Reads numbers and texts one after the other. */
  function Cursor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  Cursor.prototype.more = function () { return this.at < this.bytes.length; };
  Cursor.prototype.number = function () {
    var number = 0, shift = 0, byte;
    do {
      byte = this.bytes[this.at++];
      number += (byte & 127) * Math.pow(2, shift);
      shift += 7;
    } while (byte & 128);
    return number;
  };
  Cursor.prototype.text = function () {
    var length = this.number();
    this.at += length;
    return utf8(this.bytes, this.at - length, this.at);
  };

