import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFinding } from "../../tools/errors.js";
import { encodeIds } from "../../tools/lists/encode.js";
import { IdList } from "../../tools/lists/id-list.js";
import { parseList } from "../../tools/lists/list-file.js";

function found(text: string): string[] {
  return parseList("l.txt", text).findings.map(formatFinding);
}

function encoded(...entries: string[]): string {
  const list = new IdList();
  for (const entry of entries) assert.equal(typeof list.add(entry), "string", entry);
  return encodeIds(list);
}

describe("a list file", () => {
  it("has an id or a range in each line, whatever the editor leaves around it", () => {
    const { list, findings } = parseList(
      "l.txt",
      "\ufeff# testers\r\n42\r\n\r\n  1000-1999 \n\talice\n#7\nbob smith\n#",
    );
    assert.deepEqual(findings, []);
    assert.equal(encodeIds(list), encoded("bob smith", "42", "alice", "1000-1999"));
  });

  it("doubts lines that go on after a number, once", () => {
    const [told, ...more] = found("42\nbob smith\n7 # ada\n8,ada\n9;1\n");
    assert.deepEqual(more, []);
    const remedy = "Write one id in each line, and comments in lines of their own";
    assert.equal(
      told,
      `l.txt:3:1: warning TG7007 3 lines go, as this one, on after a number, all of which is one id. ${remedy}.`,
    );
    assert.deepEqual(found("4711-a\n10.0.0.1\n5a 6\n"), []);
  });

  it("tells where a line is no id, and never the id", () => {
    const findings = found(`ok\n  20-10\nx${"secret".repeat(50)}\n007-9\nse\tcret\n`);
    assert.deepEqual(findings, [
      "l.txt:2:3: error TG7001 this is no id: expected a range such as 1000-1999: two numbers of up to 18 digits without leading zeros, the smaller first.",
      "l.txt:3:1: error TG7001 this is no id: expected an id of 1 to 256 bytes.",
      "l.txt:4:1: error TG7001 this is no id: expected a range such as 1000-1999: two numbers of up to 18 digits without leading zeros, the smaller first.",
      "l.txt:5:1: error TG7001 this is no id: expected an id without control characters, and without spaces around it.",
    ]);
  });

  it("of nothing but wrong lines is one long story kept short", () => {
    const findings = found("2-1\n".repeat(1000));
    assert.equal(findings.length, 20);
    assert.match(findings[19]!, /^l\.txt:20:1: error TG7001 .*; and 980 more such lines\.$/);
  });

  it("loses its repeated lines, which is told once", () => {
    const { list, findings } = parseList("l.txt", "a\nb\na\nb\na\n");
    assert.equal(encodeIds(list), encoded("a", "b"));
    assert.deepEqual(findings.map(formatFinding), [
      "l.txt:3:1: warning TG7002 3 ids stand there again; here is the first such line. Remove repeated lines.",
    ]);
  });

  it("without an id is a mistake", () => {
    assert.match(found("# none yet\n\n")[0]!, /^l\.txt:1:1: error TG7003/);
    assert.match(found("")[0]!, /^l\.txt:1:1: error TG7003/);
  });

  it("is read whatever its bytes are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { findings } = parseList("l.txt", text);
        for (const { line, column } of findings) assert.ok(line >= 1 && column >= 1);
      }),
    );
  });
});

describe("a list", () => {
  it("is too long from 1,000,001 ids on, and from 10,001 ranges", () => {
    const list = new IdList();
    for (let i = 0; i < 1_000_000; i++) list.add(`u${i}`);
    assert.equal(list.sizeProblem(), undefined);
    list.add("7");
    assert.match(list.sizeProblem()!, /^1000001 ids are too many/);
    const ranges = new IdList();
    for (let i = 0; i < 10_000; i++) ranges.add(`${10 * i}-${10 * i + 1}`);
    assert.equal(ranges.sizeProblem(), undefined);
    ranges.add("2-3");
    assert.equal(ranges.sizeProblem(), undefined, "joined to another");
    ranges.add("5-6");
    assert.match(ranges.sizeProblem()!, /^10001 ranges are too many/);
  });

  it("takes few bytes an id", () => {
    const sparse = Array.from({ length: 100_000 }, (_, i) => String(i * 100 + ((i * 7919) % 100)));
    const names = Array.from({ length: 100_000 }, (_, i) => `user-${i}`);
    const bytes = (entries: string[]): number => (encoded(...entries).length * 3) / 4 / entries.length;
    assert.ok(bytes(sparse) < 1.2, `${bytes(sparse)}`);
    assert.ok(bytes(names) < 5.7, `${bytes(names)}`);
  });
});
