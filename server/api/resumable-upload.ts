import { randomBytes } from "node:crypto";
import { MemoryLocker, Server } from "@tus/server";
import { DomainError } from "#domain/shared/errors.ts";
import { DIGEST_KEY, noSuchUpload, OWNER_KEY } from "#server/ports/resumable-uploads.ts";
import { putResumed } from "#server/services/artifact/put-resumed.ts";
import { type Actor, requirePermission, type ServiceContext } from "#server/services/context.ts";
import { actorOf, type Container, requestIdOf, serviceContext } from "./context.ts";
import { isUnexpected, toProblem } from "./errors.ts";

const PATH = "/api/uploads";
const ID = /^[0-9a-f]{32}$/;
/** A piece at a time, of each upload, in this process. */
const locker = new MemoryLocker();

/**
 * tus 1.0 (tus.io/protocols/resumable-upload) for files that one connection may not last for: POST begins, PATCH goes on
 * where HEAD says, DELETE gives up. The last piece is answered with `x-slipway-digest`; GET of the upload's address answers
 * the artifact, as `PUT /api/v1/artifacts` does.
 */
export async function handleUpload(container: Container, request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  const answer = (body: unknown, status: number, headers: Readonly<Record<string, string>>) =>
    Response.json(body, { status, headers: { "cache-control": "no-store", "x-request-id": requestId, ...headers } });
  const refuse = (error: unknown) => {
    if (isUnexpected(error)) container.log.error({ err: error, requestId, url: request.url }, "upload failed");
    const { status, headers, body } = toProblem(error, requestId);
    return answer(body, status, { ...headers, "tus-resumable": "1.0.0", "content-type": "application/problem+json" });
  };
  try {
    const actor = await actorOf(container, request);
    requirePermission(actor, putResumed.permission);
    // What has arrived whole is kept, whether its sender waits for the answer or not.
    const { signal } = new AbortController();
    const ctx = serviceContext(container, { actor, requestId, signal, call: null });
    if (request.method === "GET") return answer(await putResumed.call(ctx, { id: idOf(request.url) }), 200, {});
    const refusal: { error?: unknown } = {};
    const told = await tusServer(ctx, actor, refusal).handleWeb(request);
    if (refusal.error !== undefined) return refuse(refusal.error);
    told.headers.set("x-request-id", requestId);
    return told;
  } catch (error) {
    return refuse(error);
  }
}

/** One per request, so that what it is told knows whose it is. `refusal` gets what is ours to answer. */
function tusServer(ctx: ServiceContext, actor: Actor, refusal: { error?: unknown }): Server {
  const { resumableUploads } = ctx;
  return new Server({
    path: PATH,
    datastore: resumableUploads.pieces,
    locker,
    relativeLocation: true,
    // Nobody else's page sends us files.
    allowedOrigins: [],
    namingFunction: () => randomBytes(16).toString("hex"),
    getFileIdFromRequest: (_request, last) => (last !== undefined && ID.test(last) ? last : undefined),
    async onIncomingRequest({ method }, id) {
      if (method === "POST") return;
      const upload = await resumableUploads.find(id);
      if (upload?.ownerId !== actor.id) throw noSuchUpload();
    },
    async onUploadCreate(_request, { metadata, size = 0 }) {
      const { uploadBytesMax: bytesMax } = ctx;
      if (size > bytesMax)
        throw new DomainError("payload_too_large", `A file may have ${bytesMax} bytes at most.`, {
          detail: { bytesMax },
        });
      const { [DIGEST_KEY]: _, ...said } = metadata ?? {};
      return { metadata: { ...said, [OWNER_KEY]: actor.id } };
    },
    async onUploadFinish(_request, { id }) {
      const { digest } = await putResumed.call(ctx, { id });
      return { headers: { "x-slipway-digest": digest } };
    },
    onResponseError(_request, error) {
      // The protocol's own refusals are answered as it says.
      if (!("status_code" in error)) refusal.error = error;
      return undefined;
    },
  });
}

const idOf = (url: string): string => new URL(url).pathname.slice(PATH.length + 1);
