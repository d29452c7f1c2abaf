/** What is wrong with a request, in words for its sender; `status` is the HTTP status it is answered with. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const badRequest = (message: string) => new RequestError(400, "invalid_request", message);
