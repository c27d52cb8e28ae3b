// What `settling` in the record may say.

/** No change of the limit still has to take effect, or has just done so. */
// @ts-ignore: decorator
@inline
export const SETTLED: f64 = 0;
/** The window is the first one after a change. */
// @ts-ignore: decorator
@inline
export const JUST_SETTLED: f64 = -1;
/** A change has to take effect before a window begins. */
// @ts-ignore: decorator
@inline
export const SETTLING: f64 = 1;
/** The same, but for the wait until all workers have the new limit: it is not yet near what may be too much. */
// @ts-ignore: decorator
@inline
export const SETTLING_SOON: f64 = 2;
