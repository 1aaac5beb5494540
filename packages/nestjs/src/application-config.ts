import type { ApplicationConfig, ModuleRef } from "@nestjs/core";

/**
 * The configuration of the application: what `main.ts` made global. Nest hands it to nobody, but a module's reference leads to it; undefined where
 * a version keeps it elsewhere.
 */
export function applicationConfigOf(moduleRef: ModuleRef): ApplicationConfig | undefined {
  const { container } = moduleRef as unknown as { container?: { applicationConfig?: ApplicationConfig } };
  return container?.applicationConfig;
}
