// Archives come from anywhere: what could lead out of a folder, unpack without end or be read in two ways is refused.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { gunzip, readTar, readTarGzip } from "../../../tools/oci/read-archive.js";
import { tarOf } from "../../../tools/oci/tar.js";
import { paxRecord, type RawEntry, tarBytes } from "../../support/tar-bytes.js";

const MODULE = { name: "plugin.wasm", content: "module" };
const long = `${"a/".repeat(80)}plugin.wasm`;
const names = (archive: Uint8Array): string[] => readTar(archive, "it").map(({ name }) => name);

describe("a tar archive", () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "tidegate-archives-"))));
  after(() => rm(folder, { recursive: true }));

  it("is read as it was written", async () => {
    const files = [
      { name: "plugin.wasm", bytes: Buffer.from("module") },
      { name: "docs/README.md", bytes: Buffer.alloc(513, "a") },
    ];
    const read = readTar(await tarOf(files), "it");
    assert.deepEqual(
      read.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
      files.map(({ name, bytes }) => [name, bytes]),
    );
  });

  for (const format of ["gnu", "pax", "ustar", "v7", "oldgnu"]) {
    it(`of the format ${format} is read, a long name too where it has one`, async () => {
      const name = format === "v7" || format === "ustar" ? "plugin.wasm" : `${"b".repeat(120)}.wasm`;
      await writeFile(join(folder, name), "module");
      const { stdout, status } = spawnSync("tar", [`--format=${format}`, "-C", folder, "-cz", `./${name}`]);
      assert.equal(status, 0);
      assert.deepEqual(
        readTarGzip(stdout, "it").map((file) => [file.name, Buffer.from(file.bytes).toString()]),
        [[name, "module"]],
      );
    });
  }

  it("may have folders, dots and long names", () => {
    const pax = paxRecord("path", long);
    assert.deepEqual(
      names(
        tarBytes([
          { name: "./", type: "5" },
          { ...MODULE, name: "./plugin.wasm" },
        ]),
      ),
      ["plugin.wasm"],
    );
    assert.deepEqual(names(tarBytes([{ name: "pax", type: "x", content: pax }, MODULE])), [long]);
    assert.deepEqual(names(tarBytes([{ name: "long", type: "L", content: `${long}\0` }, MODULE])), [long]);
    const global = { name: "g", type: "g", content: paxRecord("comment", "made by git") };
    assert.deepEqual(names(tarBytes([global, MODULE])), ["plugin.wasm"]);
  });

  it("stays as it is", () => {
    const archive = Buffer.from(tarBytes([MODULE]));
    const before = Uint8Array.from(archive);
    names(archive);
    assert.deepEqual(Uint8Array.from(archive), before);
  });

  it("may lack its end", () => {
    assert.deepEqual(names(tarBytes([MODULE], new Uint8Array())), ["plugin.wasm"]);
    assert.deepEqual(names(new Uint8Array()), []);
  });

  const refused: [what: string, entries: readonly RawEntry[], why: RegExp, tail?: Uint8Array][] = [
    ["a name that leads upward", [{ ...MODULE, name: "../plugin.wasm" }], /leads out of its folder/],
    ["such a name within", [{ ...MODULE, name: "a/../../plugin.wasm" }], /leads out of its folder/],
    ["an absolute name", [{ ...MODULE, name: "/plugin.wasm" }], /leads out of its folder/],
    ["a name of another system", [{ ...MODULE, name: "..\\plugin.wasm" }], /leads out of its folder/],
    ["a name with a drive", [{ ...MODULE, name: "C:plugin.wasm" }], /leads out of its folder/],
    [
      "a long name that leads upward",
      [{ type: "L", content: "../../plugin.wasm\0" }, MODULE],
      /leads out of its folder/,
    ],
    [
      "the same in pax",
      [{ type: "x", content: paxRecord("path", "../plugin.wasm") }, MODULE],
      /leads out of its folder/,
    ],
    ["a name for all entries", [{ type: "g", content: paxRecord("path", "x") }, MODULE], /all its entries at once/],
    ["a symbolic link", [{ name: "plugin.wasm", type: "2", link: "/etc/passwd" }], /has a symbolic link/],
    ["a hard link", [MODULE, { name: "b.wasm", type: "1", link: "plugin.wasm" }], /has a hard link/],
    ["a device", [{ name: "null", type: "3" }], /has a device/],
    ["a block device", [{ name: "disk", type: "4" }], /has a device/],
    ["a pipe", [{ name: "pipe", type: "6" }], /has a pipe/],
    ["an old sparse file", [{ ...MODULE, type: "S" }], /has a sparse file/],
    ["a sparse file of pax", [{ type: "x", content: paxRecord("GNU.sparse.major", "1") }, MODULE], /has a sparse file/],
    ["an entry of another type", [{ ...MODULE, type: "Z" }], /has an unknown entry/],
    ["a name twice", [MODULE, MODULE], /two entries that are called plugin.wasm/],
    ["a name twice, written otherwise", [MODULE, { ...MODULE, name: ".//plugin.wasm" }], /two entries that are called/],
    ["a file where a folder was", [{ name: "a/", type: "5" }, { name: "a" }], /two entries that are called a/],
    ["a name that is not UTF-8", [{ ...MODULE, name: Uint8Array.of(0xff, 0xfe) }], /name is not UTF-8/],
    ["the same in pax", [{ type: "x", content: paxRecord("path", Uint8Array.of(0xff)) }, MODULE], /name is not UTF-8/],
    ["a NUL in a name", [{ type: "x", content: paxRecord("path", "a\0b") }, MODULE], /name is not UTF-8/],
    ["a file without a name", [{ name: "", content: "module" }], /without a name/],
    ["a wrong checksum", [{ ...MODULE, checksum: 1 }], /checksum is wrong/],
    ["a size that is too large", [{ ...MODULE, size: 4096 }], /ends in the midst of an entry/],
    [
      "a size of pax that is too large",
      [{ type: "x", content: paxRecord("size", "99999") }, MODULE],
      /midst of an entry/,
    ],
    [
      "a size of pax that is none",
      [{ type: "x", content: paxRecord("size", "-1") }, MODULE],
      /size that cannot be read/,
    ],
    ["a broken record of pax", [{ type: "x", content: "99 path=a\n" }, MODULE], /pax record/],
    ["a record that is none", [{ type: "x", content: "0 path=a\n" }, MODULE], /pax record/],
    ["bytes after its end", [MODULE], /bytes after its end/, Buffer.concat([Buffer.alloc(1024), Buffer.from("more")])],
    [
      "one block of zeros in its midst",
      [MODULE],
      /zeros in its midst/,
      Buffer.concat([Buffer.alloc(512), tarBytes([MODULE])]),
    ],
    ["half a header", [MODULE], /midst of a header/, Buffer.from("half")],
  ];
  for (const [what, entries, why, tail] of refused) {
    it(`is refused for ${what}`, () => {
      assert.throws(() => readTar(tarBytes(entries, tail), "it"), { name: "UserError", exitCode: 3, message: why });
    });
  }

  it("is refused for too many entries", () => {
    const many = Array.from({ length: 1025 }, (_, i) => ({ name: `file-${i}` }));
    assert.equal(readTar(tarBytes(many.slice(1)), "it").length, 1024);
    assert.throws(() => readTar(tarBytes(many), "it"), { name: "UserError", message: /more than 1024 entries/ });
  });
});

describe("what gzip has packed", () => {
  const packed = gzipSync("module");

  it("may have several members", () => {
    assert.equal(Buffer.from(gunzip(Buffer.concat([packed, packed]), "it")).toString(), "modulemodule");
  });

  it("is refused with bytes after its end, cut off, broken or something else", () => {
    const refused: [Uint8Array, RegExp][] = [
      [Buffer.concat([packed, Buffer.from("more")]), /cannot be unpacked/],
      [Buffer.concat([packed, Buffer.alloc(10)]), /bytes after its end/],
      [packed.subarray(0, packed.length - 3), /cannot be unpacked/],
      [Buffer.concat([packed.subarray(0, 12), Buffer.alloc(20, 7)]), /cannot be unpacked/],
      [Buffer.from("module"), /is not gzip/],
    ];
    for (const [bytes, why] of refused) {
      assert.throws(() => gunzip(bytes, "it"), { name: "UserError", exitCode: 3, message: why });
    }
  });

  it("is refused before it takes much memory, when it is a bomb", () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    assert.ok(bomb.length < 70_000);
    const before = process.memoryUsage().arrayBuffers;
    assert.throws(() => gunzip(bomb, "it"), { name: "UserError", message: /unpacks to more than 16777216 bytes/ });
    assert.ok(process.memoryUsage().arrayBuffers - before < 48 * 1024 * 1024);
  });

  it("may be small however well it is packed", () => {
    assert.equal(gunzip(gzipSync(Buffer.alloc(1024 * 1024)), "it").length, 1024 * 1024);
  });
});
