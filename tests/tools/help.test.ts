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
const program = buildProgram(silent);
const commands = program.commands.map((command) => command.name());
/** With the commands within commands: the words that name each. */
const named = program.commands.flatMap((command) => [
  [command.name()],
  ...command.commands.map((inner) => [command.name(), inner.name()]),
]);

describe("help", () => {
  it("of the program lists every command", async () => {
    const { exitCode, out } = await tidegate(["--help"]);
    assert.equal(exitCode, 0);
    assertGolden(join(goldenFolder("help"), "tidegate.txt"), out);
    for (const command of commands) assert.match(out, new RegExp(`^  ${command} `, "m"));
  });

  for (const words of named) {
    it(`of ${words.join(" ")} has an example`, async () => {
      const { exitCode, out, err } = await tidegate([...words, "--help"]);
      assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
      assertGolden(join(goldenFolder("help"), `${words.join("-")}.txt`), out);
      assert.match(out, new RegExp(`Examples?:\\n.*tidegate ${words.join(" ")}`, "s"));
    });
  }
});
