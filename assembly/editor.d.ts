// For editors only: what asc knows without a declaration and its published types lack.

/** Collects garbage, with the minimal runtime. Only while no reference is on the stack. */
declare function __collect(): void;
