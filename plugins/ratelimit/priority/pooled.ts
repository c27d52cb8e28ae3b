import { MAX_CLASSES } from "./config";

// What part of each class's demand the capacity of all workers reaches, so that the limit goes to the workers that have
// what is to be served: by demand alone, a worker whose clients are all critical starves beside one whose clients are not.

/** Demand beyond the capacity for which room is sought, as a share of it. */
// @ts-ignore: decorator
@inline
const SURPLUS: f64 = 0.1;

/** What a class that fits whole is given of its demand: its requests must find room where they come, and not on average. */
// @ts-ignore: decorator
@inline
const ROOM: f64 = 1.25;

/** Demand over all workers. Allocates nothing after construction. */
@final
export class PooledDemand {
  /** Requests a second of each class over all workers. */
  readonly classes: StaticArray<f64> = new StaticArray<f64>(MAX_CLASSES);
  private readonly parts: StaticArray<f64> = new StaticArray<f64>(MAX_CLASSES).fill(1);
  private readonly spares: StaticArray<f64> = new StaticArray<f64>(MAX_CLASSES);

  /** @param floors of each class, as a share of what is carried. */
  constructor(private readonly floors: StaticArray<f64>) {}

  /** Room that a class is to have, as a share of its demand: less than 1 for one that does not fit whole. */
  part(c: i32): f64 {
    return this.parts[c];
  }

  /** The part of the capacity that is left beside the class and all that goes before it; 0 or less for none, or unknown. */
  spare(c: i32): f64 {
    return this.spares[c];
  }

  /** After `classes` changed. @param carried requests a second that are let in over all workers. */
  update(carried: f64): void {
    let left = carried * (1 + SURPLUS);
    for (let c = 0; c < this.floors.length; c++) left -= this.floorOf(c, carried);
    for (let c = 0; c < this.floors.length; c++) {
      const floor = this.floorOf(c, carried);
      const demand = unchecked(this.classes[c]);
      const served = max(floor, min(demand, left + floor));
      left += floor - served;
      unchecked((this.spares[c] = carried > 0 && served == demand ? left / carried - SURPLUS : 0));
      unchecked((this.parts[c] = served < demand ? served / demand : ROOM));
    }
  }

  private floorOf(c: i32, carried: f64): f64 {
    return min(unchecked(this.floors[c]) * carried, unchecked(this.classes[c]));
  }
}
