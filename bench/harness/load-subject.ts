import type { Subject } from "./subject.ts";

/** A subject as the orchestrator knows it, and where its own process finds it. */
export interface LoadedSubject<S extends Subject = Subject> {
  readonly subject: S;
  readonly moduleUrl: string;
}

/** Loads a file whose default export is a subject. What is measured is loaded later, by `setup`, and not in this process. */
export async function loadSubject<S extends Subject>(url: URL): Promise<LoadedSubject<S>> {
  const module = (await import(url.href)) as { default: S };
  return { subject: module.default, moduleUrl: url.href };
}
