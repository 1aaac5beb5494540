import ts from "typescript5";

/** Declarations that came with a compiler or a package, by all that how they are parsed depends on. Other projects have the same. */
const declarations = new Map<string, ts.SourceFile | undefined>();

/** What TypeScript 5.9 says of a project, as `tsc -p` does: nothing when all is well. Projects share the declarations that are parsed already. */
export function compile(project: string): string {
  const unreadable: ts.Diagnostic[] = [];
  const parsed = ts.getParsedCommandLineOfConfigFile(project, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => void unreadable.push(diagnostic),
  });
  const { fileNames = [], options = {}, errors = [] } = parsed ?? {};
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile;
  host.getSourceFile = (file, target, ...rest) => {
    if (!/[/\\]node_modules[/\\].*\.d\.[cm]?ts$/.test(file)) return parse(file, target, ...rest);
    const key = JSON.stringify([file, target]);
    if (!declarations.has(key)) declarations.set(key, parse(file, target, ...rest));
    return declarations.get(key);
  };
  const program = ts.createProgram({ rootNames: fileNames, options, host });
  const said = [...unreadable, ...errors, ...ts.getPreEmitDiagnostics(program)];
  if (fileNames.length === 0) return `${project} names no file.`;
  return ts.formatDiagnostics(said, host);
}
