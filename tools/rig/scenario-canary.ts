import { type Answer, type HeaderList, type Send, valuesOf } from "./exchange.js";
import type { Row } from "./scenario.js";

const DECISION = "x-canary";
const SESSIONS = 40;
/** A quarter of the sessions, give or take what chance does to 40 of them. */
const FEWEST = 5;
const MOST = 15;

/** Requests outside /api, so that no quota stands in the way. */
export const canaryRows: readonly Row[] = [
  {
    plugin: "canary",
    sent: "ada, grace, who are on the list",
    expected: "v2 v2",
    see: (send) => versions(send, [user("ada"), user("grace")]),
  },
  {
    plugin: "canary",
    sent: "bob, Ada, adam, someone without a name",
    expected: "v1 v1 v1 v1",
    see: (send) => versions(send, [user("bob"), user("Ada"), user("adam"), []]),
  },
  {
    plugin: "canary",
    sent: `bob, who sends ${DECISION}: v2, or v1 and v2`,
    expected: "v1 v1",
    see: (send) =>
      versions(send, [
        [...user("bob"), decide("v2")],
        [...user("bob"), decide("v1"), decide("v2")],
      ]),
  },
  {
    plugin: "canary",
    sent: `ada, who sends ${DECISION}: v1`,
    expected: "v2",
    see: (send) => versions(send, [[...user("ada"), decide("v1")]]),
  },
  {
    plugin: "canary",
    sent: `${SESSIONS} sessions twice, 25 % of them for v2`,
    expected: `${FEWEST}..${MOST} to v2, same both times`,
    see: sticky,
  },
];

const user = (name: string): HeaderList => [["x-user", name]];
const decide = (arm: string): HeaderList[number] => [DECISION, arm];

/** The upstream of each request; with a remark when it did not receive exactly its own name as the decision. */
async function versions(send: Send, requests: HeaderList[]): Promise<string> {
  const names: string[] = [];
  for (const headers of requests) names.push(versionOf(await send({ path: "/shop", headers })));
  return names.join(" ");
}

function versionOf({ upstream, status }: Answer): string {
  if (!upstream) return `status ${status}`;
  const decision = valuesOf(upstream.received, DECISION).join(" and ") || "nothing";
  return decision === upstream.name ? upstream.name : `${upstream.name} (told ${decision})`;
}

/** Which sessions go to v2 is a hash of session and salt: the same ones on every run, on every machine. */
async function sticky(send: Send): Promise<string> {
  const twice: string[][] = [[], []];
  for (const round of twice) {
    for (let i = 0; i < SESSIONS; i++) round.push(await versions(send, [[["x-session", `session-${i}`]]]));
  }
  const [first = [], second = []] = twice;
  const onV2 = first.filter((version) => version === "v2").length;
  const share = onV2 >= FEWEST && onV2 <= MOST ? `${FEWEST}..${MOST}` : String(onV2);
  const moved = first.filter((version, i) => version !== second[i]).length;
  return `${share} to v2, ${moved === 0 ? "same both times" : `${moved} moved`}`;
}
