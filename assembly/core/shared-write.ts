/** What became of a write to something that all workers share. */
export enum SharedWrite {
  Done,
  /** Another worker wrote since it was read: read it again. */
  Late,
  /** The host did not take it, or the store does not work. */
  Failed,
}
