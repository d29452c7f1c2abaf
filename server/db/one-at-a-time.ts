import pg from "pg";

/**
 * A connection that is given its statements one after the other. Prisma asks for several relations at once, in a
 * transaction over its one connection too, and pg will refuse a second statement where it now queues it with a warning.
 */
export class OneAtATime extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const ask = this.query.bind(this) as (...args: unknown[]) => unknown;
    let before: Promise<unknown> = Promise.resolve();
    const inTurn = (...args: unknown[]): unknown => {
      // The pool's own way, on a connection that nobody else has meanwhile.
      if (typeof args.at(-1) === "function") return ask(...args);
      const answer = before.then(() => ask(...args));
      before = answer.catch(() => undefined);
      return answer;
    };
    this.query = inTurn as typeof this.query;
  }
}
