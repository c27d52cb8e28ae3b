import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, tidegate } from "../tools/memory-io.js";

/** Credentials of tests; no output may hold any of them. */
export const USER = "somebody";
export const PASSWORD = "s3cret/Pa55+word=";
export const BASIC = Buffer.from(`${USER}:${PASSWORD}`).toString("base64");

/** A folder to work in, with docker's configuration beside it. */
export class Desk {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Desk> {
    const desk = new Desk(await mkdtemp(join(tmpdir(), "tidegate-registry-")));
    for (const name of ["here", "docker"]) mkdirSync(join(desk.folder, name));
    return desk;
  }

  get cwd(): string {
    return join(this.folder, "here");
  }

  /** What docker keeps after a login. */
  config(config: unknown): void {
    writeFileSync(join(this.folder, "docker", "config.json"), JSON.stringify(config));
  }

  login(host: string): void {
    this.config({ auths: { [host]: { auth: BASIC } } });
  }

  /** Runs a command line; whatever comes of it, it prints nothing secret. */
  async run(args: readonly string[], env: Record<string, string> = {}, stdin?: string): Promise<Ran> {
    const own = { HOME: this.folder, DOCKER_CONFIG: join(this.folder, "docker"), PATH: process.env["PATH"] };
    const ran = await tidegate(args, { cwd: this.cwd, env: { ...own, ...env }, stdin });
    assertNoSecret(ran.out + ran.err);
    return ran;
  }

  /** Files that lie in the working folder now. */
  get files(): string[] {
    return readdirSync(this.cwd, { recursive: true, encoding: "utf8" }).sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function assertNoSecret(text: string, ...more: string[]): void {
  for (const secret of [PASSWORD, BASIC, encodeURIComponent(PASSWORD), ...more]) {
    assert.ok(!text.includes(secret), `a secret is printed: ${text}`);
  }
}

/** One line that says why, and exit code 3. */
export function assertFailure(ran: Ran, why: RegExp): void {
  assert.equal(ran.exitCode, 3, ran.err);
  assert.equal(ran.out, "");
  assert.match(ran.err, why);
  assert.match(ran.err, /^tidegate: [^\n]+\n$/);
}
