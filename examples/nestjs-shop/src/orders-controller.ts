import { Body, Controller, Get, Inject, Param, Post, Res } from "@nestjs/common";
import type { Response } from "express";
import { ShopDomain } from "shop-domain";
import { give } from "./give.ts";

/** Orders: place one, pay it, list a customer's, follow them all, and the sales report. */
@Controller()
export class OrdersController {
  readonly #shop: ShopDomain;

  constructor(@Inject(ShopDomain) shop: ShopDomain) {
    this.#shop = shop;
  }

  @Post("orders")
  async place(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object> {
    return give(response, await this.#shop.orders.place(body));
  }

  @Post("orders/:id/payment")
  async pay(@Param("id") id: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    return give(response, await this.#shop.orders.pay(id));
  }

  @Get("customers/:id/orders")
  ofCustomer(@Param("id") id: string, @Res({ passthrough: true }) response: Response): object {
    return give(response, this.#shop.orders.ofCustomer(id));
  }

  @Get("order-updates")
  updates(@Res() response: Response): void {
    this.#shop.updates.stream(response);
  }

  @Get("reports/sales")
  async report(@Res({ passthrough: true }) response: Response): Promise<object> {
    return give(response, await this.#shop.reports.make());
  }
}
