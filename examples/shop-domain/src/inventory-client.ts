import { context, propagation } from "@opentelemetry/api";

/** Asks the inventory service to set some of a product aside. False when there is not enough left. */
export type Reserve = (productId: number, quantity: number) => Promise<boolean>;

/** A client of the inventory service that passes the trace on, so that both services' spans are one trace. */
export function inventoryClient(url: string): Reserve {
  return async (productId, quantity) => {
    const headers: Record<string, string> = { "content-type": "application/json" };
    propagation.inject(context.active(), headers);
    const response = await fetch(`${url}/stock/${productId}/reservations`, {
      method: "POST",
      headers,
      body: JSON.stringify({ quantity }),
    });
    await response.body?.cancel();
    if (response.status >= 500) throw new Error(`The inventory service answered ${response.status}.`);
    return response.ok;
  };
}
