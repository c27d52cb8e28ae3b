// Lists of ids as the tool encodes them and the plugins read them: the two must mean the same ids.
import fc from "fast-check";
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { encodeIds } from "../../tools/lists/encode.js";
import { IdList } from "../../tools/lists/id-list.js";
import { SipHash } from "../../tools/lists/siphash.js";
import { ListModule } from "../support/lists.js";

let instance: () => Promise<ListModule>;
let lists: ListModule;
before(async () => {
  instance = await ListModule.load();
  lists = await instance();
});

function encoded(entries: readonly string[]): string {
  const list = new IdList();
  for (const entry of entries) assert.ok(typeof list.add(entry) === "string", entry);
  return encodeIds(list);
}

const number = fc.oneof(fc.bigInt(0n, 60n), fc.bigInt(0n, 10n ** 18n - 1n));
const range = fc
  .tuple(number, fc.oneof(fc.bigInt(0n, 9n), number))
  .map(([low, more]) => `${low}-${low + more < 10n ** 18n ? low + more : 10n ** 18n - 1n}`);
const name = fc
  .string({ minLength: 1, maxLength: 30, unit: "grapheme" })
  .filter((text) => !/[\u0000-\u001f\u007f]|^ | $|^\d+-\d+$/.test(text) && Buffer.byteLength(text) <= 256);
const entry = fc.oneof(number.map(String), range, name);

/** Whether an entry of a list means the id. */
function means(entry: string, id: string): boolean {
  const [, low, high] = /^(\d+)-(\d+)$/.exec(entry) ?? [];
  if (low === undefined || !/^(0|[1-9]\d{0,17})$/.test(id)) return entry === id;
  return BigInt(low) <= BigInt(id) && BigInt(id) <= BigInt(high!);
}

/** So that how many of what is chance can be read is always the same. */
const SEED = 20261121;

describe("an encoded list", () => {
  it("means the ids that it was made of, and no others", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 60 }),
        fc.array(fc.oneof(number.map(String), name)),
        (entries, others) => {
          assert.deepEqual(lists.read({ all: { encoded: encoded(entries) } }), []);
          const ends = entries.flatMap((text) => /^(\d+)-(\d+)$/.exec(text)?.slice(1) ?? [text]);
          for (const id of [
            ...ends,
            ...others,
            ...ends.filter((end) => /^\d+$/.test(end)).map((end) => `${BigInt(end) + 1n}`),
          ]) {
            assert.equal(
              lists.has(id),
              entries.some((text) => means(text, id)),
              id,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is the same for the same ids, in whatever order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { maxLength: 40 }), (entries) => {
        assert.equal(encoded(entries), encoded([...entries].reverse()));
      }),
    );
  });

  it("says the same as the list written out", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 40 }), fc.array(entry), (entries, others) => {
        assert.deepEqual(lists.read({ out: { ids: entries }, in: { encoded: encoded(entries) } }), []);
        for (const id of [...entries, ...others]) assert.equal(lists.has(id, 0), lists.has(id, 1), id);
      }),
    );
  });

  it("is refused when it is damaged, and never traps", () => {
    const good = Buffer.from(encoded(["7", "1000-1999", "alice", "bob", "999999999999999999"]), "base64");
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(lists.read({ all: { encoded: bad.toString("base64") } }).length, 1, `bit ${bit}`);
    }
    for (let length = 0; length < good.length; length++) {
      assert.equal(lists.read({ all: { encoded: good.subarray(0, length).toString("base64") } }).length, 1);
    }
  });

  it("is refused or read, and never traps, when its sum is right and all else is chance", () => {
    let read = 0;
    fc.assert(
      fc.property(anyBody(), (body) => {
        const problems = lists.read({ all: { encoded: summed(body).toString("base64") } });
        if (problems.length === 0) read += 1;
        else
          assert.match(
            problems.join(),
            /^\$\.all\.encoded: (the encoded list is damaged|expected at most 1000000 ids)/,
          );
      }),
      { numRuns: 5000, seed: SEED },
    );
    assert.ok(read > 30, `${read} read`);
  });

  it("of another form is told from damage", () => {
    const other = Buffer.from(encoded(["7"]), "base64");
    other[0] = 2;
    assert.deepEqual(lists.read({ all: { encoded: other.toString("base64") } }), [
      "$.all.encoded: expected an encoded list of form 1, not 2; encode it anew",
    ]);
    assert.deepEqual(lists.read({ all: { encoded: "no base64" } }), ["$.all.encoded: expected base64"]);
  });
});

describe("a million ids", () => {
  // The set takes 9 bytes an id; the rest is the configuration's text, whose memory is free again afterwards.
  const shapes = [
    { shape: "numbers of nine digits", most: 12, id: (i: number) => String(100_000_000 + ((i * 7919) % 900_000_001)) },
    { shape: "names", most: 17, id: (i: number) => `user-${String(i).padStart(7, "0")}` },
  ];
  for (const { shape, most, id } of shapes) {
    it(`that are ${shape} are read within 2 s, make the memory grow by ${most} bytes each, and are all there`, async () => {
      const ids = Array.from({ length: 1_000_000 }, (_, i) => id(i));
      const configuration = { all: { encoded: encoded(ids) } };
      const lists = await instance();
      const empty = lists.memoryBytes;
      const start = performance.now();
      assert.deepEqual(lists.read(configuration), []);
      const took = performance.now() - start;
      const perId = (lists.memoryBytes - empty) / ids.length;
      assert.ok(took < 2000, `${took} ms`);
      assert.ok(perId <= most, `${perId} bytes`);
      assert.deepEqual(lists.sizes(), { ids: ids.length, ranges: 0 });
      assert.equal(lists.prepare(ids)(), ids.length);
      assert.equal(lists.prepare(Array.from({ length: 100_000 }, (_, i) => id(i + ids.length)))(), 0);
    });
  }
});

/** A head with few entries of each kind, and any codes. */
function anyBody(): fc.Arbitrary<Uint8Array> {
  const bits = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 60 }));
  const count = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 6 }) }, fc.nat(0xffffffff));
  const codes = fc.uint8Array({ maxLength: 60 });
  return fc
    .tuple(fc.tuple(bits, bits, bits, bits), fc.tuple(count, count, count), codes)
    .map(([bits, counts, codes]) => {
      const head = Buffer.alloc(33);
      head.set([1, ...bits]);
      for (const [i, value] of counts.entries()) head.writeUInt32LE(value, 5 + 4 * i);
      return Buffer.concat([head, codes]);
    });
}

/** The body with the sum of its bytes, which tells damage but stops nobody. */
function summed(body: Uint8Array): Buffer {
  const { low, high } = new SipHash({ key0: 0n, key1: 0n }).hash(body);
  const sum = Buffer.alloc(8);
  sum.writeUInt32LE(low, 0);
  sum.writeUInt32LE(high, 4);
  return Buffer.concat([body, sum]);
}
