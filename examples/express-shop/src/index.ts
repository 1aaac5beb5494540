export { customerCount, productCount } from "./database.ts";
export { startShop, type RunningShop, type ServeOptions } from "./serve.ts";
export { createShop, type Shop, type ShopOptions } from "./shop.ts";
export { createTwins, type Twins } from "./twins.ts";
export { startUnobservedShop } from "./unobserved-shop.ts";
