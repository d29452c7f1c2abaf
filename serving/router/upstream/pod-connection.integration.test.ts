import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { PodConnection } from "./pod-connection.ts";

const ANSWER = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhead\r\n4\r\ntail\r\n0\r\n\r\n";
const REQUEST = {
  head: "GET / HTTP/1.1\r\nhost: pod\r\n\r\n",
  body: undefined,
  streamed: false,
  headOnly: false,
} as const;

test("a connection that a slow reader paused with the answer's last bytes carries the next request", async () => {
  const pod = createServer((socket) => socket.on("data", () => socket.write(ANSWER)));
  await new Promise<void>((resolve) => pod.listen(0, "127.0.0.1", resolve));
  const connection = new PodConnection("127.0.0.1", (pod.address() as AddressInfo).port, {
    onIdle: () => {},
    onClosed: () => {},
  });
  const answerOnce = (onPiece: () => void) =>
    new Promise<string>((resolve, reject) => {
      let read = "";
      connection.send(REQUEST, {
        onHead: () => {},
        onBody(chunk, last) {
          read += chunk.toString();
          if (last) resolve(read);
          else onPiece();
        },
        onFailure: ({ cause }) => reject(cause),
      });
    });
  expect(await answerOnce(() => connection.pause())).toBe("headtail");
  expect(await answerOnce(() => {})).toBe("headtail");
  connection.abort();
  await new Promise((resolve) => pod.close(resolve));
});
