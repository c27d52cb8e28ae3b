import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";
import { repoRoot } from "../../tools/root.js";

// Editors read AssemblyScript with the TypeScript language service and the tsconfig.json of the file's folder.
describe("an editor shows no false error in AssemblyScript", () => {
  for (const folder of ["assembly", "plugins", "tests/assembly", "tests/plugins"]) {
    test(`of ${folder}/`, () => {
      const config = ts.getParsedCommandLineOfConfigFile(join(repoRoot, folder, "tsconfig.json"), undefined, {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: (diagnostic) => assert.fail(textOf(diagnostic)),
      });
      const program = ts.createProgram(config!.fileNames, config!.options);
      assert.deepEqual(ts.getPreEmitDiagnostics(program).map(textOf), []);
    });
  }
});

function textOf({ file, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  if (!file || start === undefined) return text;
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1} ${text}`;
}
