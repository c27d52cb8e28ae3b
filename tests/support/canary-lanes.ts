import fc from "fast-check";
import { utf8ByteString } from "../../tools/host/index.js";
import { VALUES } from "./canary-conditions.js";
import type { Source } from "./ratelimit-request-oracle.js";

// Lanes, and where labels lead, in the plainest way. Values are byte strings.

export interface Lane {
  from: Source;
  lanes: string[];
  separator?: "." | "-" | "_";
  users?: { ids: (string | number)[]; lane: string }[];
}

const LANES = ["team", "team.a", "team.a.b", "team-a", "team_a", "blue-1", "x"];
/** What requests name their lanes by. */
export const LABELS = [
  ...LANES,
  "team.c",
  "team.a.b.c",
  "team-a-b",
  "team_a_b",
  "team.",
  "team..a",
  ".team",
  "xy",
  "a b",
  "",
];

/** @param source of a label, or of a user's id. */
export function lanes(source: fc.Arbitrary<Source>): fc.Arbitrary<Lane> {
  const users = fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 4 });
  const plain = fc.record(
    {
      from: fc.oneof({ weight: 3, arbitrary: fc.constant({ header: "x-lane" }) }, { weight: 1, arbitrary: source }),
      lanes: fc.uniqueArray(fc.constantFrom(...LANES), { minLength: 1, maxLength: 4 }),
      separator: fc.constantFrom("." as const, "-" as const, "_" as const),
    },
    { requiredKeys: ["from", "lanes"] },
  );
  return fc
    .tuple(plain, fc.option(users, { nil: undefined }), fc.nat(), fc.boolean())
    .map(([lane, ids, which, deeper]) => {
      if (!ids) return lane;
      const label = lane.lanes[which % lane.lanes.length]! + (deeper ? `${lane.separator ?? "."}c` : "");
      const groups = ids.map((id) => ({ ids: [id === "1002" ? 1002 : id], lane: label }));
      return { ...lane, from: { header: "x-user-id" }, users: which % 2 === 0 ? groups : [{ ids, lane: label }] };
    });
}

/** The lane that a value leads to, and the label by which. */
export function laneOf(lane: Lane, value: string | undefined): { arm: string; label: string } | undefined {
  const user = lane.users?.find(({ ids }) => ids.some((id) => utf8ByteString(String(id)) === value));
  const label = lane.users ? user?.lane : value;
  if (label === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(label)) return undefined;
  for (let name = label; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(lane.separator ?? ".")))) {
    if (lane.lanes.includes(name)) return { arm: name, label };
  }
  return undefined;
}
