import { type AddressInfo, connect } from "node:net";

/**
 * In the main thread, as `rehearseProtocol` in the others: sends our own server one request, which lacks its inputs and so
 * is refused before it runs and counted nowhere. Calls back once, also when that failed.
 */
export function rehearseRequest({ address, port }: AddressInfo, path: string, done: () => void): void {
  const socket = connect({ host: address, port });
  // Of no consequence to those whom we serve.
  socket.on("error", () => {});
  socket.once("close", done);
  socket.resume();
  // Written and not ended: a request whose sender has closed its side is given up, this one before it rehearsed anything.
  socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`);
}
