/* --- SHA-256 (FIPS 180-4) of bytes that arrive in parts. */

var ROUND_CONSTANTS = [], INITIAL_STATE = [];
(function () {
  /* The first 32 bits of the fractional part of a square or cube root of a prime. */
  function fractionBits(value) {
    return (value - Math.floor(value)) * 4294967296 | 0;
  }
  for (var candidate = 2; ROUND_CONSTANTS.length < 64; candidate += 1) {
    var isPrime = true;
    for (var divisor = 2; divisor * divisor <= candidate; divisor += 1) {
      isPrime = isPrime && candidate % divisor !== 0;
    }
    if (isPrime) {
      if (INITIAL_STATE.length < 8) {
        INITIAL_STATE.push(fractionBits(Math.pow(candidate, 1 / 2)));
      }
      ROUND_CONSTANTS.push(fractionBits(Math.pow(candidate, 1 / 3)));
    }
  }
}());

function Sha256() {
  this.state = new Int32Array(INITIAL_STATE);
  this.schedule = new Int32Array(64);
  /* Bytes that do not fill a block yet. */
  this.pending = new Uint8Array(64);
  this.pendingLength = 0;
  this.length = 0;
}

Sha256.prototype.processBlock = function (bytes, offset) {
  var w = this.schedule, s = this.state, i, x, y;
  for (i = 0; i < 16; i += 1, offset += 4) {
    w[i] = bytes[offset] << 24 | bytes[offset + 1] << 16 | bytes[offset + 2] << 8 | bytes[offset + 3];
  }
  for (i = 16; i < 64; i += 1) {
    x = w[i - 15];
    y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
      ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
  }
  var a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
  for (i = 0; i < 64; i += 1) {
    x = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) +
      ROUND_CONSTANTS[i] + w[i] | 0;
    y = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + x | 0;
    d = c;
    c = b;
    b = a;
    a = x + y | 0;
  }
  s[0] += a;
  s[1] += b;
  s[2] += c;
  s[3] += d;
  s[4] += e;
  s[5] += f;
  s[6] += g;
  s[7] += h;
};

Sha256.prototype.update = function (bytes) {
  var offset = 0;
  this.length += bytes.length;
  while (this.pendingLength && this.pendingLength < 64 && offset < bytes.length) {
    this.pending[this.pendingLength] = bytes[offset];
    this.pendingLength += 1;
    offset += 1;
  }
  if (this.pendingLength === 64) {
    this.processBlock(this.pending, 0);
    this.pendingLength = 0;
  }
  for (; offset + 64 <= bytes.length; offset += 64) {
    this.processBlock(bytes, offset);
  }
  for (; offset < bytes.length; offset += 1) {
    this.pending[this.pendingLength] = bytes[offset];
    this.pendingLength += 1;
  }
};

/* The digest in hexadecimal digits. */
Sha256.prototype.finish = function () {
  var bits = this.length * 8, pending = this.pendingLength, i, text = "";
  var end = new Uint8Array(pending < 56 ? 64 : 128);
  for (i = 0; i < pending; i += 1) {
    end[i] = this.pending[i];
  }
  end[pending] = 128;
  for (i = 1; i <= 8; i += 1) {
    end[end.length - i] = bits % 256;
    bits = Math.floor(bits / 256);
  }
  for (i = 0; i < end.length; i += 64) {
    this.processBlock(end, i);
  }
  for (i = 0; i < 8; i += 1) {
    text += ("0000000" + (this.state[i] >>> 0).toString(16)).slice(-8);
  }
  return text;
};
