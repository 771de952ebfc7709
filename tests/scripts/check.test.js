"use strict";
const test = require("node:test");
const assert = require("node:assert");
const crypto = require("node:crypto");
const { load, INHERITED } = require("./load.js");

const { newMap, Sha256, Blake2b, normalizePath, findAddition, isOsMetadata, parseChecksumList, findAddedFiles, findChecksumList, findRenamed, matchEntries, isTableOfNames, pathOfFile, escapeName, isOriginal, countOsFiles } = load(
  ["common.js", "check/sha256.js", "check/os_metadata.js", "check/files.js", "check/signature.js"],
  ["newMap", "Sha256", "Blake2b", "normalizePath", "findAddition", "isOsMetadata", "parseChecksumList", "findAddedFiles", "findChecksumList", "findRenamed", "matchEntries", "isTableOfNames", "pathOfFile", "escapeName", "isOriginal", "countOsFiles"],
);
const DIGEST = "0".repeat(64);

test("digests agree with another implementation", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = crypto.createHash("shake128", { outputLength: length }).update(String(length)).digest();
    const hash = new Sha256();
    for (let at = 0; at < length; at += 1 + length % 97) { hash.update(bytes.subarray(at, at + 1 + length % 97)); }
    assert.strictEqual(hash.finish(), crypto.createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
});

test("signatures of OpenSSH are read and checked", async () => {
  const { parseSshKey, parseSshSignature, verifySshSignature } = load(
    ["common.js", "check/sha256.js", "check/signature.js", "check/openssh.js"],
    ["parseSshKey", "parseSshSignature", "verifySshSignature"], { window: { crypto: crypto.webcrypto, Promise } },
  );
  const line = (text) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
  const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
  const blob = Buffer.concat([line("ssh-ed25519"), line(publicKey.export({ format: "der", type: "spki" }).subarray(-32))]);
  const list = Buffer.from("a list\n");
  const signed = [Buffer.from("SSHSIG"), line("file"), line(""), line("sha512"), line(crypto.createHash("sha512").update(list).digest())];
  const value = Buffer.concat([line("ssh-ed25519"), line(crypto.sign(null, Buffer.concat(signed), privateKey))]);
  const fields = [Buffer.from("SSHSIG\0\0\0\x01"), line(blob), line("file"), line(""), line("sha512"), line(value)];
  const lines = Buffer.concat(fields).toString("base64").match(/.{1,70}/g).join("\n");
  const text = `-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`;
  const key = parseSshKey(`publisher namespaces="file" ssh-ed25519 ${blob.toString("base64")}\n`);
  assert.strictEqual(key.id, "SHA256:" + crypto.createHash("sha256").update(blob).digest("base64").replace("=", ""));
  const accepts = (text, bytes = list) => new Promise((resolve) => {
    const signature = parseSshSignature(text);
    if (signature) { verifySshSignature(signature, key, bytes, resolve); } else { resolve(false); }
  });
  assert.strictEqual(await accepts(text), true);
  assert.strictEqual(await accepts(text, Buffer.from("a List\n")), false);
  for (let at = 0; at < text.length; at += 1) {
    for (const bit of [1, 4, 32]) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bit) + text.slice(at + 1);
      assert.strictEqual(await accepts(changed), false, `byte ${at}`);
    }
    assert.strictEqual(parseSshSignature(text.slice(0, at)), null, `cut after ${at}`);
  }
  for (const other of ["", "ssh-ed25519", "ssh-ed25519 AAAA", `ssh-rsa ${blob.toString("base64")}`]) {
    assert.strictEqual(parseSshKey(other), null);
  }
});

test("the digest in a timestamp is found", () => {
  const { stampedDigest } = load(["common.js", "check/timestamp.js"], ["stampedDigest"]);
  const digest = crypto.createHash("sha256").update("a list").digest();
  const algorithm = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
  const text = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part))).toString("latin1");
  const withParameter = text("0junk", [0x30, 0x31, 0x30, 0x0d], algorithm, [5, 0, 4, 0x20], digest, "more");
  const without = text("0junk", [0x30, 0x2f, 0x30, 0x0b], algorithm, [4, 0x20], digest);
  for (const stamp of [withParameter, without]) {
    assert.strictEqual(stampedDigest(stamp), digest.toString("hex"));
  }
  for (const other of ["", "0", "x" + without.slice(1), without.slice(0, -1), withParameter.replace("\x05\0", "\x05\x01")]) {
    assert.strictEqual(stampedDigest(other), null);
  }
});

test("BLAKE2b digests agree with another implementation", () => {
  for (let length = 0; length < 400; length++) {
    const bytes = crypto.createHash("shake128", { outputLength: length }).update(String(length)).digest();
    const hash = new Blake2b();
    for (let at = 0; at < length; at += 1 + length % 97) { hash.update(bytes.subarray(at, at + 1 + length % 97)); }
    const digest = Buffer.from(hash.finish()).toString("hex");
    assert.strictEqual(digest, crypto.createHash("blake2b512").update(bytes).digest("hex"), `${length} bytes`);
  }
});

test("paths are compared without what a view of the disc adds", () => {
  assert.strictEqual(normalizePath("README.TXT"), "readme.txt");
  const without = (...paths) => {
    const addition = findAddition(paths);
    return paths.map((path) => addition ? path.replace(addition, "") : path);
  };
  assert.deepStrictEqual(without("README.TXT;1", "DOCS/A.;1"), ["README.TXT", "DOCS/A"]);
  assert.deepStrictEqual(without("README.TXT", "DOCS/A."), ["README.TXT", "DOCS/A"]);
  assert.deepStrictEqual(without("A.;1", ".DS_Store"), ["A", ".DS_Store"]);
  for (const paths of [["A.TXT;1", "B.TXT"], ["A.", "B"], ["A.TXT", "D.1/B"], []]) {
    assert.deepStrictEqual(without(...paths), paths);
  }
});

/* Parses a list of a disc on which no file was found. */
const parseList = (text, found = newMap()) => parseChecksumList(text, found);

test("a list is read completely or not at all", () => {
  const line = (path) => `${DIGEST}  ${path}\n`;
  assert.deepStrictEqual(parseList(line("a") + line("b/c")), [
    { digest: DIGEST, path: "a" }, { digest: DIGEST, path: "b/c" },
  ]);
  for (const text of ["", "\n", "a\n", line("a").trimEnd(), line("a") + line("a"), line("a") + "x\n",
    line("../a"), line("/a"), line("a//b"), `\\${DIGEST}  a\\tb\n`]) {
    assert.strictEqual(parseList(text, {}), null, JSON.stringify(text));
  }
  // The last line counts without its line ending if the file exists.
  const open = parseList(line("a").trimEnd(), { a: true });
  assert.deepStrictEqual([open[0].path, open.mayBeCutOff], ["a", true]);
  const comments = parseList(`# made by hand\n${line("a")}\n`, {});
  assert.deepStrictEqual(comments.map((entry) => entry.path), ["a"]);
  const upper = "AB".repeat(32), entry = [{ digest: upper.toLowerCase(), path: "a/b" }];
  for (const text of [`\ufeff${upper}  a/b\n`, `${upper} *./a/b\r\n`, `SHA256 (a/b) = ${upper}\n`, `${upper}  ././a/b\n`,
    `${upper}\ta\\b\n`, `sha256 (a/b) = ${upper}\n`, `SHA2-256(a/b)= ${upper}\n`, `# one\r${upper}  a/b\r`]) {
    assert.deepStrictEqual(parseList(text), entry, JSON.stringify(text));
  }
  assert.strictEqual(parseList(`\\${upper}  a\\\\b\n`)[0].path, "a\\b");
  assert.strictEqual(parseList(`\\${upper}  a\\nb\n`)[0].path, "a\nb");
  const names = INHERITED.map(line).join("");
  assert.deepStrictEqual(parseList(names).map((entry) => entry.path), INHERITED);
  assert.strictEqual(parseList(names + line("__proto__")), null);
});

test("names may have control characters, as in lists of GNU tools", () => {
  assert.strictEqual(parseList(`${"0".repeat(64)}  a\x7f\x85\x01\tb\n`)[0].path, "a\x7f\x85\x01\tb");
  assert.strictEqual(parseList(`${"0".repeat(64)}  a\0b\n`), null);
});

test("a backslash in a name is no separator", () => {
  const path = (name, webkitRelativePath) => pathOfFile({ name, webkitRelativePath });
  assert.strictEqual(path("a\\b", "disc/a/b"), "a\\b");
  assert.strictEqual(path("a\\b\\c", "disc/x/a/b/c"), "x/a\\b\\c");
  assert.strictEqual(path("b", "disc/a/b"), "a/b");
  assert.strictEqual(path("b", ""), "b");
  assert.strictEqual(path("a\\b", "disc/a\\b"), "a\\b");
});

test("tables of names are recognised by what they contain", () => {
  const table = "F README_L.TXT;1        \treadme_long.txt\nD SUB   \tsub\nL LNK.;1 \tlnk\tsub\n";
  assert.ok(isTableOfNames(table));
  for (const other of ["", "\n", "x\n", "F A.TXT;1 a.txt\n", "X A.TXT;1\ta.txt\n", "F A.TXT;1\ta.txt", "F A B\tc\n", "F A\t\n", table + "<script>\n"]) {
    assert.ok(!isTableOfNames(other), other);
  }
});

test("added files are found whatever their names are", () => {
  const found = newMap();
  for (const path of [...INHERITED, "listed", "SHA256SUMS", ".xdg-volume-info", ".DS_Store", "docs/constructor"]) {
    found[normalizePath(path)] = { path };
  }
  matchEntries(found, [{ path: "Listed" }, { path: "toString" }]);
  const added = findAddedFiles(found, "sha256sums", [".xdg-volume-info"]);
  assert.deepStrictEqual(added.sort(), ["__proto__", "constructor", "docs/constructor", "hasownproperty", "valueof"]);
  matchEntries(found, [...INHERITED, "docs/constructor"].map((path) => ({ path })));
  assert.deepStrictEqual(findAddedFiles(found, "sha256sums", [".xdg-volume-info"]), []);
});

test("a file belongs to one entry", () => {
  const match = (paths, listed) => {
    const found = newMap();
    paths.forEach((path) => {
      const key = normalizePath(path);
      found[key in found ? path + "\u0000" : key] = { path };
    });
    const entries = listed.map((path) => ({ path }));
    matchEntries(found, entries);
    return [entries.map((entry) => entry.found ? entry.found.path : null), findAddedFiles(found).length,
      findRenamed(entries).map((entry) => entry.path)];
  };
  assert.deepStrictEqual(match(["Z.txt", "z.txt"], ["z.txt", "Z.txt"]), [["z.txt", "Z.txt"], 0, []]);
  assert.deepStrictEqual(match(["z.txt", "Z.txt"], ["Z.txt"]), [["Z.txt"], 1, []]);
  assert.deepStrictEqual(match(["Z.txt"], ["Z.txt", "z.txt"]), [["Z.txt", null], 0, []]);
  const composed = "\u00e9.pdf", decomposed = "e\u0301.pdf";
  assert.deepStrictEqual(match([decomposed, "a"], [composed, "a"]), [[decomposed, "a"], 0, []]);
  // The accents of another name are as in the list.
  assert.deepStrictEqual(match([decomposed, "\u00e8"], [composed, "\u00e8"]), [[decomposed, "\u00e8"], 0, [composed]]);
  assert.deepStrictEqual(match([composed, decomposed], [composed]), [[composed], 1, []]);
});

test("of several lists, only the list in use is not an added file", () => {
  const found = newMap();
  for (const path of ["sha256.sum", "SHA256SUMS", ".XDG_VOLUME_INFO"]) {
    found[normalizePath(path)] = { path };
  }
  assert.strictEqual(findChecksumList(found), "sha256sums");
  assert.deepStrictEqual(findAddedFiles(found, "sha256sums", [".xdg_volume_info"]), ["sha256.sum"]);
  assert.deepStrictEqual(findAddedFiles(found, "sha256sums", undefined).sort(), [".xdg_volume_info", "sha256.sum"]);
  delete found.sha256sums;
  assert.strictEqual(findChecksumList(found), "sha256.sum");
  assert.strictEqual(findChecksumList(newMap()), undefined);
});

test("files of operating systems are recognised", () => {
  for (const path of [".ds_store", "docs/._a", "thumbs.db", "system volume information/x", ".trash-1000/info", "docs/@eadir/x", "found.000/a", "~$a.docx"]) {
    assert.ok(isOsMetadata(path), path);
  }
  for (const path of ["a", "docs/ds_store", "thumbs.db.txt", "docs/system volume information/x"]) {
    assert.ok(!isOsMetadata(path), path);
  }
});

test("deceptive characters in names are escaped", () => {
  for (const name of ["a b/c.pdf", "é\u0301tude.pdf", "ت\u064e\u0651قرير.pdf", "報告.pdf", "отчёт.pdf", "ไม่\u0e49.pdf", "a‐b.pdf", "\u{1f600}.pdf"]) {
    assert.strictEqual(escapeName(name), name);
  }
  for (const [name, shown] of [
    ["a\u202egpj.exe", "a\\u202egpj.exe"],
    ["a\n\u0007b", "a\\u000a\\u0007b"],
    ["x" + " ".repeat(3) + "y", "x\\u0020\\u0020\\u0020y"],
    ["x\u2003y\u200bz", "x\\u2003y\\u200bz"],
    ["a\u{e0041}", "a\\udb40\\udc41"],
    ["a" + "\u0301".repeat(8), "a" + "\u0301".repeat(6) + "\\u0301\\u0301"],
    ["a" + "\u0fb0".repeat(7), "a" + "\u0fb0".repeat(6) + "\\u0fb0"],
  ]) {
    assert.strictEqual(escapeName(name), shown);
  }
});

test("a list that is not in UTF-8 is not used", () => {
  const found = newMap();
  found["été.txt"] = { path: "été.txt" };
  assert.ok(parseChecksumList(`${DIGEST}  été.txt\n`, found));
  assert.strictEqual(parseChecksumList(`${DIGEST}  \ufffdt\ufffd.txt\n`, found), null);
});

test("each second name belongs to one listed file", () => {
  assert.ok(isOriginal("pages/volume.txt", ".xdg-volume-info") && isOriginal("PAGES/VOLUME.TXT", ".xdg_volume_info"));
  assert.ok(!isOriginal("readme.txt", ".xdg-volume-info") && !isOriginal("pages/myvolume.txt", ".xdg-volume-info"));
  assert.ok(isOriginal("ro_crate.json", "ro-crate-metadata.json") && !isOriginal("pages/volume.txt", "ro_crate_metadata.json"));
});

test("ignored files of operating systems are counted", () => {
  const found = newMap();
  for (const path of ["thumbs.db", "docs/.ds_store", "a.txt", "~$start here.exe"]) { found[path] = { path }; }
  found["desktop.ini"] = { path: "desktop.ini", entry: {} };
  assert.strictEqual(countOsFiles(found), 2);
});
