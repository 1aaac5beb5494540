export { type Answer, answerTo } from "./answer.ts";
export { closeServer } from "./close-server.ts";
export { customerCount, productCount } from "./database.ts";
export { inventoryClient } from "./inventory-client.ts";
export type { Observer } from "./observer.ts";
export { boundaries, keepAliveTimeoutMs, type OpenShop, type ServeOptions } from "./serve-options.ts";
export { ShopDomain, type ShopDomainOptions } from "./shop-domain.ts";
export { Stock } from "./stock.ts";
