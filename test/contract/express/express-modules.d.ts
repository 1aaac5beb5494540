declare module "express4" {
  export { default } from "express";
}
declare module "express50" {
  export { default } from "express";
}
