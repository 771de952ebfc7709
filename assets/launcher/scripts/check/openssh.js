/* --- The signature of the checksum list, in the format of OpenSSH (PROTOCOL.sshsig): Ed25519 of the SHA-512 digest of the list. */

/* The bytes of a text that has one character for each byte. */
function toBytes(text) {
  var bytes = new Uint8Array(text.length), i;
  for (i = 0; i < text.length; i += 1) {
    bytes[i] = text.charCodeAt(i);
  }
  return bytes;
}

/* The fields of a structure of OpenSSH, in which each is preceded by its length; null if it has another form. */
function sshFields(text) {
  var fields = [], offset = 0, length, i;
  while (offset < text.length) {
    length = 0;
    for (i = 0; i < 4; i += 1) {
      length = length * 256 + (offset + i < text.length ? text.charCodeAt(offset + i) : Infinity);
    }
    offset += 4;
    if (!(length <= text.length - offset)) {
      return null;
    }
    fields.push(text.slice(offset, offset + length));
    offset += length;
  }
  return fields;
}

function sshString(text) {
  return "\0\0\0" + String.fromCharCode(text.length) + text;
}

/* The public key in a list of allowed signers with one line, as make-disc writes it: its fingerprint, its 32 bytes, its text, and the
   decoded structure (`blob`) that the text contains; null if the file has another form. */
function parseSshKey(text) {
  var words = text.split("\n")[0].split(" "), at = words.indexOf("ssh-ed25519"), encoded = words[at + 1] || "";
  var blob = at < 0 ? null : decodeBase64(encoded, 51), fields = blob && sshFields(atob(encoded));
  if (!fields || fields.length !== 2 || fields[0] !== "ssh-ed25519" || fields[1].length !== 32) {
    return null;
  }
  var hash = new Sha256(), digest;
  hash.update(blob);
  digest = hash.finish().replace(/../g, function (digits) { return String.fromCharCode(parseInt(digits, 16)); });
  return { id: "SHA256:" + btoa(digest).replace(/=+$/, ""), bytes: toBytes(fields[1]), text: "ssh-ed25519 " + encoded, blob: atob(encoded) };
}

/* The signature in a file, exactly as `ssh-keygen` and make-disc write it: the key that it names, and its bytes; null if it has another
   form. */
function parseSshSignature(text) {
  var lines = text.split("\n"), encoded = lines.slice(1, -2).join(""), bytes = decodeBase64(encoded, 174);
  var isWrapped = lines.slice(1, -3).every(function (line) { return line.length === 70; });
  var end = lines.slice(-2), start = "SSHSIG\0\0\0\x01", fields;
  if (!bytes || !isWrapped || lines.length !== 7 || lines[0] !== "-----BEGIN SSH SIGNATURE-----" ||
      end[0] !== "-----END SSH SIGNATURE-----" || end[1] !== "" || atob(encoded).indexOf(start) !== 0) {
    return null;
  }
  fields = sshFields(atob(encoded).slice(start.length));
  if (!fields || fields.length !== 5 || fields[1] !== "file" || fields[2] !== "" || fields[3] !== "sha512") {
    return null;
  }
  var value = sshFields(fields[4]);
  return value && value.length === 2 && value[0] === "ssh-ed25519" && value[1].length === 64 ?
    { blob: fields[0], bytes: toBytes(value[1]) } : null;
}

/* Like `verifySignature`, for a signature of OpenSSH. `list` has the bytes of the list. */
function verifySshSignature(signature, key, list, onEnd) {
  var subtle = window.crypto && window.crypto.subtle;
  if (signature.blob !== key.blob) {
    onEnd(false);
    return;
  }
  if (!subtle || !window.Promise) {
    onEnd(null);
    return;
  }
  subtle.digest("SHA-512", list).then(function (digest) {
    var start = "SSHSIG" + sshString("file") + sshString("") + sshString("sha512") + "\0\0\0\x40";
    var signed = new Uint8Array(start.length + 64);
    signed.set(toBytes(start));
    signed.set(new Uint8Array(digest), start.length);
    return subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]).then(function (imported) {
      return subtle.verify({ name: "Ed25519" }, imported, signature.bytes, signed);
    });
  }).then(onEnd, function () { onEnd(null); });
}
