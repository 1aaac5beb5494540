import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from "@nestjs/common";
import type { Request, Response } from "express";
import { answerTo, type ShopDomain } from "shop-domain";

/** Answers errors as the other shops do, and writes down those that are the shop's own fault. */
@Catch()
export class ErrorFilter implements ExceptionFilter<Error> {
  readonly #log: ShopDomain["log"];

  constructor(log: ShopDomain["log"]) {
    this.#log = log;
  }

  catch(error: Error, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (response.headersSent) return;
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status >= 500) this.#log.error({ err: error, method: http.getRequest<Request>().method }, "request failed");
    const answer = answerTo({ message: error.message, status });
    response.status(answer.status).json(answer.body);
  }
}
