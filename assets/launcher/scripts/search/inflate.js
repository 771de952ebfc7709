/* --- The bytes of a shard. */

/* Unpacks a text with seven bits in each character, the lowest bits first. */
function unpack(text) {
  var bytes = new Uint8Array(text.length * 7 >> 3);
  var buffer = 0, bits = 0, length = 0;
  for (var i = 0; i < text.length; i++) {
    buffer |= text.charCodeAt(i) << bits;
    bits += 7;
    if (bits >= 8) {
      bytes[length++] = buffer & 255;
      buffer >>= 8;
      bits -= 8;
    }
  }
  return bytes;
}

/* RFC 1951, 3.2.5: the smallest length or distance of each code, and the number of its extra bits. */
var LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
var LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
var DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
var DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
var CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/* Canonical codes (3.2.2): the number of codes of each length, and their symbols in order. */
function buildCodes(lengths) {
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

function repeat(value, count) {
  var list = [];
  while (count--) { list.push(value); }
  return list;
}

/* Decompresses a deflate stream (RFC 1951); not all browsers had DecompressionStream before 2023. */
function inflate(input) {
  var offset = 0, buffer = 0, bits = 0;
  var out = new Uint8Array(input.length * 4 + 1024), length = 0;

  function readBits(count) {
    while (bits < count) {
      if (offset >= input.length) { throw new Error("truncated data"); }
      buffer |= input[offset++] << bits;
      bits += 8;
    }
    var value = buffer & ((1 << count) - 1);
    buffer >>>= count;
    bits -= count;
    return value;
  }

  function reserve(count) {
    if (length + count > out.length) {
      var larger = new Uint8Array(Math.max(out.length * 2, length + count));
      larger.set(out);
      out = larger;
    }
  }

  function readSymbol(codes) {
    var code = 0, first = 0, index = 0;
    for (var size = 1; size < 16; size++) {
      code |= readBits(1);
      var count = codes.count[size];
      if (code - count < first) { return codes.symbols[index + code - first]; }
      index += count;
      first = first + count << 1;
      code <<= 1;
    }
    throw new Error("invalid code");
  }

  function readBlock(literals, distances) {
    for (;;) {
      var value = readSymbol(literals);
      if (value === 256) { return; }
      if (value < 256) {
        reserve(1);
        out[length++] = value;
        continue;
      }
      var run = LENGTHS[value - 257] + readBits(LENGTH_BITS[value - 257]);
      var code = readSymbol(distances);
      var distance = DISTANCES[code] + readBits(DISTANCE_BITS[code]);
      if (distance > length) { throw new Error("invalid distance"); }
      reserve(run);
      for (var i = 0; i < run; i++, length++) { out[length] = out[length - distance]; }
    }
  }

  function readDynamicBlock() {
    var literals = readBits(5) + 257, distances = readBits(5) + 1, lengthCodes = readBits(4) + 4;
    var lengths = repeat(0, 19), all = [];
    for (var i = 0; i < lengthCodes; i++) { lengths[CODE_LENGTH_ORDER[i]] = readBits(3); }
    var codes = buildCodes(lengths);
    while (all.length < literals + distances) {
      var value = readSymbol(codes);
      if (value < 16) { all.push(value); }
      else if (value === 16) { all = all.concat(repeat(all[all.length - 1], readBits(2) + 3)); }
      else if (value === 17) { all = all.concat(repeat(0, readBits(3) + 3)); }
      else { all = all.concat(repeat(0, readBits(7) + 11)); }
    }
    readBlock(buildCodes(all.slice(0, literals)), buildCodes(all.slice(literals, literals + distances)));
  }

  function readStoredBlock() {
    buffer = bits = 0;
    var size = input[offset] | input[offset + 1] << 8;
    offset += 4;
    reserve(size);
    for (var i = 0; i < size; i++) { out[length++] = input[offset++]; }
  }

  var last;
  do {
    last = readBits(1);
    var kind = readBits(2);
    if (kind === 0) {
      readStoredBlock();
    } else if (kind === 1) {
      readBlock(buildCodes(repeat(8, 144).concat(repeat(9, 112), repeat(7, 24), repeat(8, 8))), buildCodes(repeat(5, 30)));
    } else if (kind === 2) {
      readDynamicBlock();
    } else {
      throw new Error("invalid block");
    }
  } while (!last);
  return out.subarray(0, length);
}
