/** The payment provider could not be reached. */
class PaymentProviderError extends Error {
  override readonly name = "PaymentProviderError";
}

/** A payment provider as one knows them: every fourth payment fails, because it is down. */
export function createPaymentProvider(): (orderId: number) => Promise<void> {
  let calls = 0;
  return async (orderId) => {
    calls++;
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (calls % 4 === 0) throw new PaymentProviderError(`No answer from the payment provider for order ${orderId}.`);
  };
}
