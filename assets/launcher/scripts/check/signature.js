/* --- The signature of the checksum list, in the format of minisign: Ed25519 of the BLAKE2b digest of the list. */

/* The order of the words of a block in each round of BLAKE2b (RFC 7693, 2.7), as hexadecimal digits. */
var BLAKE2B_ORDER = [
  "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d",
  "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0"
];
/* The initial values (RFC 7693, 2.6), which are those of SHA-512: the lower half of each, then the upper. */
var BLAKE2B_START = [
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19
];

/* BLAKE2b with 64 bytes and no key (RFC 7693). Numbers of 64 bits are pairs of 32 bits. */
function Blake2b() {
  this.state = new Uint32Array(BLAKE2B_START);
  this.state[0] ^= 0x01010040;
  this.block = new Uint8Array(128);
  this.filled = 0;
  this.length = 0;
}

Blake2b.prototype.processBlock = function (isLast) {
  var v = new Uint32Array(32), m = new Uint32Array(32), i, round, order;
  function word(index) {
    return parseInt(order.charAt(index), 16) * 2;
  }
  function add(a, low, high) {
    var sum = v[a] + low;
    v[a + 1] = v[a + 1] + high + (sum > 0xffffffff ? 1 : 0);
    v[a] = sum;
  }
  /* Sets `a` to `a` xor `b`, rotated right by `count` bits. */
  function mixIn(a, b, count) {
    var low = v[a] ^ v[b], high = v[a + 1] ^ v[b + 1], swap, rest = count % 32;
    if (count >= 32) {
      swap = low;
      low = high;
      high = swap;
    }
    v[a] = rest ? low >>> rest | high << (32 - rest) : low;
    v[a + 1] = rest ? high >>> rest | low << (32 - rest) : high;
  }
  function mix(a, b, c, d, x, y) {
    add(a, v[b], v[b + 1]);
    add(a, m[x], m[x + 1]);
    mixIn(d, a, 32);
    add(c, v[d], v[d + 1]);
    mixIn(b, c, 24);
    add(a, v[b], v[b + 1]);
    add(a, m[y], m[y + 1]);
    mixIn(d, a, 16);
    add(c, v[d], v[d + 1]);
    mixIn(b, c, 63);
  }
  for (i = 0; i < 32; i += 1) {
    m[i] = this.block[i * 4] | this.block[i * 4 + 1] << 8 | this.block[i * 4 + 2] << 16 | this.block[i * 4 + 3] << 24;
    v[i] = i < 16 ? this.state[i] : BLAKE2B_START[i - 16];
  }
  v[24] ^= this.length % 0x100000000;
  v[25] ^= Math.floor(this.length / 0x100000000);
  if (isLast) {
    v[28] = ~v[28];
    v[29] = ~v[29];
  }
  for (round = 0; round < 12; round += 1) {
    order = BLAKE2B_ORDER[round % 10];
    for (i = 0; i < 4; i += 1) {
      mix(i * 2, 8 + i * 2, 16 + i * 2, 24 + i * 2, word(i * 2), word(i * 2 + 1));
    }
    for (i = 0; i < 4; i += 1) {
      mix(i * 2, 8 + (i + 1) % 4 * 2, 16 + (i + 2) % 4 * 2, 24 + (i + 3) % 4 * 2, word(8 + i * 2), word(9 + i * 2));
    }
  }
  for (i = 0; i < 16; i += 1) {
    this.state[i] ^= v[i] ^ v[i + 16];
  }
  this.filled = 0;
};

Blake2b.prototype.update = function (bytes) {
  for (var i = 0; i < bytes.length; i += 1) {
    /* A full block is processed only when more bytes follow: the last block is processed differently. */
    if (this.filled === 128) {
      this.processBlock(false);
    }
    this.block[this.filled] = bytes[i];
    this.filled += 1;
    this.length += 1;
  }
};

/* The digest as bytes. */
Blake2b.prototype.finish = function () {
  var digest = new Uint8Array(64), i;
  for (i = this.filled; i < 128; i += 1) {
    this.block[i] = 0;
  }
  this.processBlock(true);
  for (i = 0; i < 64; i += 1) {
    digest[i] = this.state[i >> 2] >>> (i % 4 * 8);
  }
  return digest;
};

/* The bytes of a text in base64; null if there are not exactly `length` bytes, or the text is not in canonical form. */
function decodeBase64(text, length) {
  try {
    var binary = atob(text), bytes = new Uint8Array(binary.length), i;
    for (i = 0; i < binary.length; i += 1) {
      bytes[i] = binary.charCodeAt(i);
    }
    return btoa(binary) === text && bytes.length === length ? bytes : null;
  } catch (malformed) {
    return null;
  }
}

/* The public key in a file of minisign, whose text has a character for each byte: the number of the key, its bytes and its text; null if
   the file has another form. */
function parsePublicKey(text) {
  var line = text.split("\n")[1] || "", bytes = decodeBase64(line, 42);
  return bytes && bytes[0] === 0x45 && bytes[1] === 0x64 ? { id: keyId(bytes), bytes: bytes.subarray(10), text: line } : null;
}

/* The number of a key, as minisign writes it. */
function keyId(bytes) {
  var id = "", i;
  for (i = 9; i > 1; i -= 1) {
    id += ("0" + bytes[i].toString(16)).slice(-2);
  }
  return id.toUpperCase();
}

/* Parses a signature from a text with a character for each byte; null if it has another form, or is not the signature of a digest. A
   signature by make-disc must be exactly as make-disc writes it, including the line that is not signed. */
function parseSignature(text) {
  var lines = text.split("\n"), prefix = "trusted comment: ";
  var first = decodeBase64(lines[1] || "", 74), global = decodeBase64(lines[3] || "", 64);
  if (lines.length !== 5 || lines[4] !== "" || !first || !global || lines[2].indexOf(prefix) !== 0 ||
      first[0] !== 0x45 || first[1] !== 0x44) {
    return null;
  }
  var id = keyId(first), comment = lines[2].slice(prefix.length);
  if (lines[0].indexOf("untrusted comment: ") !== 0 ||
      comment.indexOf("make-disc\t") === 0 && lines[0] !== "untrusted comment: signature by the minisign key " + id) {
    return null;
  }
  return { id: id, bytes: first.subarray(10), comment: comment, global: global };
}

/* What the global signature signs: the signature, and the trusted comment. */
function withComment(signature) {
  var comment = signature.comment, bytes = new Uint8Array(64 + comment.length), i;
  bytes.set(signature.bytes);
  for (i = 0; i < comment.length; i += 1) {
    bytes[64 + i] = comment.charCodeAt(i);
  }
  return bytes;
}

/* Calls `onEnd` with true if the key made the signature for the digest, with false if it did not, and with null if the browser
   cannot tell. */
function verifySignature(signature, key, digest, onEnd) {
  if (signature.id !== key.id) {
    onEnd(false);
    return;
  }
  var subtle = window.crypto && window.crypto.subtle;
  if (!subtle || !window.Promise) {
    onEnd(null);
    return;
  }
  subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]).then(function (imported) {
    return subtle.verify({ name: "Ed25519" }, imported, signature.bytes, digest).then(function (isOfList) {
      return subtle.verify({ name: "Ed25519" }, imported, signature.global, withComment(signature)).then(function (isOfComment) {
        return isOfList && isOfComment;
      });
    });
  }).then(onEnd, function () { onEnd(null); });
}
