import { Body, Controller, Inject, Param, Post, Res } from "@nestjs/common";
import type { Response } from "express";
import { Stock } from "shop-domain";
import { give } from "./give.ts";

/** What the inventory service serves. It listens on its own port; the shop talks to it over HTTP and nothing else. */
@Controller()
export class InventoryController {
  readonly #stock: Stock;

  constructor(@Inject(Stock) stock: Stock) {
    this.#stock = stock;
  }

  @Post("stock/:productId/reservations")
  async reserve(
    @Param("productId") productId: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    return give(response, await this.#stock.reserve(productId, body));
  }
}
