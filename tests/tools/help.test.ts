import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { buildProgram } from "../../tools/cli.js";
import { assertGolden, goldenFolder } from "./golden-file.js";
import { tidegate } from "./memory-io.js";

const nothing = (): void => undefined;
const silent = {
  out: nothing,
  err: nothing,
  readStdin: () => Promise.resolve(Buffer.of()),
  env: {},
  cwd: "/",
  stderrIsTerminal: false,
};
const commands = buildProgram(silent).commands.map((command) => command.name());

describe("help", () => {
  it("of the program lists every command", async () => {
    const { exitCode, out } = await tidegate(["--help"]);
    assert.equal(exitCode, 0);
    assertGolden(join(goldenFolder("help"), "tidegate.txt"), out);
    for (const command of commands) assert.match(out, new RegExp(`^  ${command} `, "m"));
  });

  for (const command of commands) {
    it(`of ${command} has an example`, async () => {
      const { exitCode, out, err } = await tidegate([command, "--help"]);
      assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
      assertGolden(join(goldenFolder("help"), `${command}.txt`), out);
      assert.match(out, new RegExp(`Examples?:\\n.*tidegate ${command}`, "s"));
    });
  }
});
