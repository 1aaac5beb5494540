import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createNestOrdersService, type NestVersion } from "./nest-orders-service.ts";
import { createOrdersService } from "./orders-service.ts";
import { prepareWork, neighbourOf } from "./work.ts";
import type { Workload } from "./workload.ts";

export interface BareVariant {
  readonly name: string;
  readonly workload?: Workload;
  /** @default "express" */
  readonly framework?: "express" | "fastify";
  /** Which Nest stands on it. @default none */
  readonly nest?: NestVersion;
}

/** The service without telemetry: what all others are compared with. Where it logs, that is plain pino. */
export function bare({ name, workload = "answers", framework = "express", nest }: BareVariant): Contestant {
  return contestant({
    name,
    workload,
    framework,
    packages: [],
    async setup(surroundings) {
      const { work, verify } = prepareWork(workload, await neighbourOf(surroundings, workload), { ids: false });
      if (nest !== undefined) return { server: await createNestOrdersService(nest, framework) };
      return {
        server: framework === "fastify" ? await createFastifyOrdersService() : createOrdersService(undefined, work),
        verify,
      };
    },
  });
}
