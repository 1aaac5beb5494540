import { loadSubject, type LoadedSubject } from "../harness/load-subject.ts";

/** Subjects of `micro/subjects`, by file name. */
export function microSubjects(...files: readonly string[]): Promise<LoadedSubject[]> {
  return Promise.all(files.map((file) => loadSubject(new URL(`./subjects/${file}.ts`, import.meta.url))));
}
