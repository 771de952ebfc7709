/* --- The timestamp of the checksum list (RFC 3161). Whether an authority made it cannot be checked here. */

/* The SHA-256 digest that a timestamp is for, as hexadecimal digits; null if there is none. `text` has a character for each byte. The
   digest comes after the name of the algorithm, which may have an empty parameter. */
function stampedDigest(text) {
  var algorithm = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", end = "\x04\x20", digits = "", i;
  var start = ["0\x310\x0d" + algorithm + "\x05\0" + end, "0\x2f0\x0b" + algorithm + end].map(function (prefix) {
    var at = text.indexOf(prefix);
    return at < 0 ? at : at + prefix.length;
  }).filter(function (at) { return at >= 0 && at + 32 <= text.length; })[0];
  if (start === undefined || text.charAt(0) !== "0") {
    return null;
  }
  for (i = start; i < start + 32; i += 1) {
    digits += ("0" + text.charCodeAt(i).toString(16)).slice(-2);
  }
  return digits;
}
