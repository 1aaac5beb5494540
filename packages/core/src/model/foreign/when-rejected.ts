/**
 * Tells when a function of the user's, which should have answered nothing, answered a promise and that is rejected: with nobody to hear it the process
 * would end. Never throws.
 */
export function whenRejected(answer: unknown, failed: (error: unknown) => void): void {
  if (answer instanceof Promise) answer.then(undefined, failed);
}
