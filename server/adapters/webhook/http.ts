import { createHmac } from "node:crypto";
import { type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import type { Webhook, WebhookMessage } from "#server/ports/webhook.ts";
import { InternalAddressError, isPublicAddress, publicLookup } from "./public-addresses.ts";

export type WebhookTarget = Readonly<{ url: URL; secret: string; allowPrivate: boolean }>;

const ANSWER_MS_MAX = 10_000;

/**
 * Header `x-slipway-signature`: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, as the receiver computes it
 * over the raw body; an old `t` is a replay.
 */
export const signatureOf = (secret: string, unixSeconds: number, body: string): string =>
  `t=${unixSeconds},v1=${createHmac("sha256", secret).update(`${unixSeconds}.${body}`).digest("hex")}`;

/** Redirects are not followed: they are answers that are not 2xx. */
export const httpWebhook = (target: WebhookTarget): Webhook => ({
  async send(message) {
    const { url, allowPrivate } = target;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // A literal address is never looked up.
    if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw new InternalAddressError(host);
    const status = await post(target, message);
    if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
  },
});

function post({ url, secret, allowPrivate }: WebhookTarget, { id, event, body }: WebhookMessage): Promise<number> {
  const text = JSON.stringify({ id, event, ...(body as object) });
  const options: RequestOptions = {
    method: "POST",
    // One connection for one message, so that the address is checked each time.
    agent: false,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "user-agent": "slipway",
      "x-slipway-event": event,
      "x-slipway-delivery": id,
      "x-slipway-signature": signatureOf(secret, Math.floor(Date.now() / 1000), text),
    },
    ...(allowPrivate ? {} : { lookup: publicLookup }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
    // Whoever answers with 101 gives neither an answer nor an error. After either this is not heard.
    request.on("close", () => reject(new Error("it closed the connection without an answer")));
    request.end(text);
  });
}
