/** Where this installation tells others what happens. */
export interface Webhook {
  /** One attempt. Throws an Error that says why it did not arrive: no 2xx answer in time, or an address we do not call. */
  send(message: WebhookMessage): Promise<void>;
}

export type WebhookMessage = Readonly<{
  /** The same in every attempt, so that a receiver can tell a repetition. */
  id: string;
  event: string;
  /** A JSON value. */
  body: unknown;
}>;
