/** A shop of the demo. */
export interface DemoShop {
  readonly framework: "express" | "fastify" | "nestjs";
  /** The name that it gives itself on its telemetry. */
  readonly service: string;
  /** Whether its framework reads bodies before it looks for the route. */
  readonly readsBodiesFirst: boolean;
}

/** In the order in which one asks the next: each one's inventory service has the next one's as its supplier. */
export const demoShops: readonly DemoShop[] = [
  { framework: "express", service: "express-shop", readsBodiesFirst: false },
  { framework: "fastify", service: "fastify-shop", readsBodiesFirst: false },
  { framework: "nestjs", service: "nestjs-shop", readsBodiesFirst: true },
];

/** The inventory services that an order at a shop asks, in turn. */
export function inventoriesFrom(service: string): string[] {
  const services = demoShops.map((shop) => shop.service);
  return services.slice(services.indexOf(service));
}
