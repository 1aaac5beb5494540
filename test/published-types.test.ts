import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, test } from "vitest";
import ts from "typescript5";

const packages = join(import.meta.dirname, "../packages");
const published = ["core", "express", "fastify", "nestjs", "pino", "config", "testing", "measure"];

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly import: { readonly types: string } } | string>>;
}

/** The declaration files of a package's entries. */
function entriesOf(name: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as Manifest;
  return Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [] : [join(packages, name, target.import.types)],
  );
}

const program = ts.createProgram(published.flatMap(entriesOf), {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  types: [],
  skipLibCheck: true,
  noEmit: true,
});
const checker = program.getTypeChecker();

/** What a package exports, by all its entries, as it was declared. */
function exportsOf(name: string): Set<ts.Symbol> {
  const found = new Set<ts.Symbol>();
  for (const file of entriesOf(name)) {
    const source = program.getSourceFile(file);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is no module that could be read: run \`pnpm build\`.`);
    for (const symbol of checker.getExportsOfModule(module)) found.add(declared(symbol));
  }
  return found;
}

function declared(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Whether a symbol is declared in one of our packages, at the top of a file. */
function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (declaration) =>
      declaration.getSourceFile().fileName.replaceAll("/", sep).startsWith(packages) &&
      ts.isSourceFile(ts.isVariableDeclaration(declaration) ? declaration.parent.parent.parent : declaration.parent),
  );
}

/** The types of ours that a declaration names where everybody sees them. */
function namedBy(declaration: ts.Declaration): Map<ts.Symbol, string> {
  const found = new Map<ts.Symbol, string>();
  const note = (name: ts.Node): void => {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol !== undefined && isOurs(declared(symbol))) found.set(declared(symbol), name.getText());
  };
  const visit = (node: ts.Node): void => {
    const isHidden =
      ts.canHaveModifiers(node) &&
      ts
        .getModifiers(node)
        ?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword);
    if (isHidden === true) return;
    if (ts.isTypeReferenceNode(node)) note(ts.isIdentifier(node.typeName) ? node.typeName : node.typeName.right);
    if (ts.isExpressionWithTypeArguments(node)) note(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

const ofCore = exportsOf("core");

describe.each(published)("@gossamer/%s", (name) => {
  test("has an export for every type that its signatures name, or core has (R-A5, R-A7)", () => {
    const exported = exportsOf(name);
    expect(exported.size).toBeGreaterThan(0);
    const missing = new Set<string>();
    for (const symbol of exported) {
      for (const declaration of symbol.declarations ?? []) {
        for (const [type, text] of namedBy(declaration)) {
          if (!exported.has(type) && !ofCore.has(type)) missing.add(`${symbol.name} names ${text}`);
        }
      }
    }
    expect([...missing].toSorted()).toEqual([]);
  });
});
