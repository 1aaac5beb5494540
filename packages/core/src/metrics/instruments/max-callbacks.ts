/** Callbacks of observable instruments that are called. */
export const maxCallbacks = 2_000;
