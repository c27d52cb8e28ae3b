import { basename } from "node:path";

const runner = process.env["npm_execpath"] ?? "";

/** How npm is started: the npm that runs us if one does, since a package of ours has an old one beside it. */
export const NPM: readonly [string, ...string[]] =
  basename(runner) === "npm-cli.js" ? [process.execPath, runner] : ["npm"];
