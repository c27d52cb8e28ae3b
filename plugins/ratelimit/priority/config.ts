import { KeyRule } from "../request/key";
import { RequestMatch } from "../request/match";

/** Most classes of priority. */
export const MAX_CLASSES: i32 = 8;

/** A class of priority as configured. */
@final
export class ClassConfig {
  name: string = "";
  /** Which requests it takes of those that no earlier class took; null: those that no class takes. */
  match: RequestMatch | null = null;
  /** Share of the capacity, 0 to 1, that the class keeps under any pressure, as far as it asks for it. */
  floor: f64 = 0.01;
}

/** Classes of priority, the first one the highest. */
@final
export class PriorityConfig {
  readonly classes: ClassConfig[] = [];
  /** Whose requests are served or shed together; null: each request for itself. */
  cohortKey: KeyRule | null = null;
  /** How long a user keeps a place in the class. */
  rotationNs: u64 = 300_000_000_000;
}
