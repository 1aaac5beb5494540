import { Readable } from "node:stream";
import { Controller, Get, Header, Inject, Param, Query, Res, StreamableFile } from "@nestjs/common";
import type { Response } from "express";
import { ShopDomain } from "shop-domain";
import { give } from "./give.ts";

/** The catalogue: list, one product, search, and an export that is sent page by page. */
@Controller()
export class CatalogueController {
  readonly #shop: ShopDomain;

  constructor(@Inject(ShopDomain) shop: ShopDomain) {
    this.#shop = shop;
  }

  @Get("healthz")
  @Header("content-type", "text/plain")
  health(): string {
    return "ok";
  }

  @Get("products")
  list(@Query("page") page: unknown, @Res({ passthrough: true }) response: Response): object {
    return give(response, this.#shop.catalogue.list(page));
  }

  @Get("products/:id")
  product(@Param("id") id: string, @Res({ passthrough: true }) response: Response): object {
    return give(response, this.#shop.catalogue.product(id));
  }

  @Get("search")
  search(@Query("q") q: unknown, @Res({ passthrough: true }) response: Response): object {
    return give(response, this.#shop.catalogue.search(q));
  }

  @Get("exports/products.csv")
  export(): StreamableFile {
    return new StreamableFile(Readable.from(this.#shop.catalogue.exportPages()), { type: "text/csv" });
  }
}
