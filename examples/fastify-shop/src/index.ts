export { openShop, type OpenShopOptions } from "./open-shop.ts";
export { type RunningShop, startShop } from "./serve.ts";
