import type { Response } from "express";
import type { Answer } from "shop-domain";

/** Puts status and headers on the response, and gives the body for Nest to send. */
export function give(response: Response, { status, body, headers = {} }: Answer): object {
  response.status(status).set(headers);
  return body;
}
