import { SeededRandom } from "../../../../tools/host/random.js";
import type { ParityCase } from "../case.js";
import { op, type Operation, type Pairs } from "../script.js";

const CASES = 12;
const OPERATIONS = 80;
/** Plain, inline on one side or both, and pseudo headers that do not change where a request goes. */
const NAMES = ["x-a", "X-A", "x-b", "X-b-c", "cookie", "set-cookie", "accept", "via", "vary", "etag", "user-agent", ""];
const VALUES = ["", "1", "two", "a,b", "\x80\xff", "in side", "v".repeat(300)];

function pick<T>(random: SeededRandom, choices: readonly T[]): T {
  return choices[random.nextU32() % choices.length]!;
}

function operation(random: SeededRandom, map: number): Operation {
  const name = pick(random, NAMES);
  switch (random.nextU32() % 8) {
    case 0:
    case 1:
      return op.add(map, name || "x-c", pick(random, VALUES));
    case 2:
    case 3:
      return op.replace(map, name || "x-c", pick(random, VALUES));
    case 4:
      return op.remove(map, name);
    case 5:
      return op.get(map, name);
    case 6:
      return op.property(`${map === 0 ? "request" : "response"}/headers/${name.toLowerCase() || "x-c"}`);
    default:
      return op.mapSize(map);
  }
}

function parityCase(seed: number): ParityCase {
  const random = new SeededRandom(seed);
  const operations = (map: number): Operation[] => [
    ...Array.from({ length: OPERATIONS }, () => operation(random, map)),
    op.pairs(map),
  ];
  const headers = (): Pairs =>
    Array.from({ length: 8 }, (): [string, string] => [pick(random, NAMES) || "x-d", pick(random, ["", "1", "two"])]);
  const own = ([name]: [string, string]): boolean => !["set-cookie", "etag", "user-agent"].includes(name);
  return {
    name: `seed ${seed}`,
    request: { headers: headers() },
    response: { headers: headers().filter(own) },
    script: { requestHeaders: operations(0), responseHeaders: operations(2) },
  };
}

/** The same sequences on every run. */
export const randomHeaderCases: ParityCase[] = Array.from({ length: CASES }, (_, index) => parityCase(index + 1));
