import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { UserError } from "../../tools/errors.js";
import { exitCodeOf } from "../../tools/exit-code.js";
import { Interrupted } from "../../tools/interrupt.js";
import { startUpstream } from "../../tools/upstream.js";

describe("exitCodeOf", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-exit-"));
  after(() => rmSync(folder, { recursive: true }));
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => assert.fail("it did not fail"),
      (error: unknown) => error,
    );

  it("takes what the operating system refuses for input and output", async (t) => {
    writeFileSync(join(folder, "file"), "");
    assert.equal(exitCodeOf(await failureOf(mkdir(join(folder, "file", "inside")))), 3);
    const { port, close } = await startUpstream({ name: "in the way" });
    t.after(close);
    assert.equal(exitCodeOf(await failureOf(startUpstream({ name: "late", port }))), 3);
  });

  it("keeps the code of what was foreseen, and knows none for a fault of the tool", () => {
    assert.equal(exitCodeOf(new UserError("x")), 2);
    assert.equal(exitCodeOf(new UserError("x", 3)), 3);
    assert.equal(exitCodeOf(new Interrupted("SIGINT")), 130);
    for (const fault of [new TypeError("x is not a function"), "x", undefined])
      assert.equal(exitCodeOf(fault), undefined);
  });
});
