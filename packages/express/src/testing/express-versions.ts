import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type express from "express";
import type { ExpressApp, ExpressLayer } from "../express-types.ts";

type ExpressModule = typeof express;

const require = createRequire(new URL("../../../../test/package.json", import.meta.url));

/** One Express whose routers differ inside from those of the others. */
export interface ExpressVersion {
  readonly version: string;
  readonly express: ExpressModule;
  /** Whether a layer keeps the pattern it was made with. */
  readonly keepsPatterns: boolean;
}

export const expressVersions: readonly ExpressVersion[] = [
  { version: "5.3", express: require("express") as ExpressModule, keepsPatterns: true },
  { version: "5.2 on router 2.2", express: require("express50") as ExpressModule, keepsPatterns: false },
  { version: "4.22", express: require("express4") as ExpressModule, keepsPatterns: false },
];

/** The layers of an app or router. */
export function stackOf(router: object): readonly ExpressLayer[] {
  return routerIn(router).stack;
}

interface Stacked {
  readonly stack: readonly ExpressLayer[];
}

function routerIn(app: object): Stacked {
  if ("stack" in app) return app as Stacked;
  const { _router } = app as { _router?: Stacked };
  return _router ?? (app as { router: Stacked }).router;
}

export function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

export type RealApp = ReturnType<ExpressModule>;

/** The app as the adapter sees it. */
export function asApp(app: RealApp): ExpressApp {
  return app as unknown as ExpressApp;
}

/** What an app answers to each path, over a real socket. */
export async function answers(app: RealApp, paths: readonly string[], init?: RequestInit): Promise<string[]> {
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const texts: string[] = [];
  for (const path of paths) texts.push(await (await fetch(base + path, init)).text());
  server.closeAllConnections();
  server.close();
  return texts;
}
