import { CONSTRAINTS } from "./constraints.js";
import type { Convert } from "./converted.js";
import { INNER_SCHEMAS } from "./inner-schemas.js";

/** What becomes of each keyword; others are left out. */
export const KEYWORDS: ReadonlyMap<string, Convert> = new Map([
  ...Object.entries(CONSTRAINTS),
  ...Object.entries(INNER_SCHEMAS),
]);

/** Keywords that constrain nothing and that OpenAPI does not have. */
export const ANNOTATIONS: ReadonlySet<string> = new Set(
  "$schema $id $defs $comment $anchor $dynamicAnchor contentEncoding contentMediaType contentSchema".split(" "),
);
