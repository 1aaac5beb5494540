// Loaded with `node --import @gossamer/devpage`, it opens the page once there is an engine. Imported by a program, it does nothing by itself.
import { isPreloaded, openOnceStarted } from "./start-with-node.ts";

if (isPreloaded(process.execArgv, process.env["NODE_OPTIONS"])) openOnceStarted();

export { devPage, type DevPageHandler } from "./dev-page.ts";
export { DevPageModule, type DevPageModuleOptions } from "./dev-page-module.ts";
export { devPagePlugin, type DevPagePluginOptions } from "./dev-page-plugin.ts";
export { devPageSpanProcessor } from "./dev-page-span-processor.ts";
export { openDevPage } from "./open-dev-page.ts";
export { openOtlpPage, type OpenOtlpPage, type OpenOtlpPageOptions } from "./open-otlp-page.ts";
export type { OpenPageOptions, PageAccess } from "./page-options.ts";
export type { OpenPage } from "./process-pages.ts";
export { ladder, tokenHeader } from "./protocol.ts";
export type * from "./protocol.ts";
