/** Text as one word of a POSIX shell, whatever it holds. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same call without a browser. `path` below /api/v1; SLIPWAY_TOKEN holds a token. */
export const apiCommand = (origin: string, method: "POST" | "PUT", path: string, body: unknown): string =>
  [
    `curl -X ${method} ${quoted(`${origin}/api/v1${path}`)}`,
    `-H "authorization: Bearer $SLIPWAY_TOKEN"`,
    `-H 'content-type: application/json'`,
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(" ");

export type Snippet = Readonly<{ language: "curl" | "Python" | "TypeScript"; code: string }>;

// A longer input is read from a file instead of standing in the text.
const INLINE_MAX = 600;

/** How an application asks. `url` is the endpoint's base, `example` a v2 request. */
export function snippets(url: string, endpoint: string, example: unknown): Snippet[] {
  const address = `${url}/v2/models/${endpoint}/infer`;
  const compact = JSON.stringify(example ?? { inputs: [] });
  const isInline = compact.length <= INLINE_MAX;
  const curl = [
    `curl ${quoted(address)} \\`,
    `  -H 'content-type: application/json' -H 'x-unit-id: user-42' \\`,
    `  -d ${isInline ? quoted(compact) : "@input.json"}`,
  ].join("\n");
  const python = [
    "import json, requests",
    "",
    isInline ? `body = json.loads(${JSON.stringify(compact)})` : 'body = json.load(open("input.json"))',
    `answer = requests.post(${JSON.stringify(address)}, json=body, headers={"x-unit-id": "user-42"}, timeout=10)`,
    "answer.raise_for_status()",
    'print(answer.headers["x-slipway-revision"], answer.json()["outputs"])',
  ].join("\n");
  const typescript = [
    ...(isInline ? [] : ['import { readFile } from "node:fs/promises";', ""]),
    `const answer = await fetch(${JSON.stringify(address)}, {`,
    '  method: "POST",',
    '  headers: { "content-type": "application/json", "x-unit-id": "user-42" },',
    isInline ? `  body: JSON.stringify(${compact}),` : '  body: await readFile("input.json"),',
    "});",
    `if (!answer.ok) throw new Error(await answer.text());`,
    'console.log(answer.headers.get("x-slipway-revision"), (await answer.json()).outputs);',
  ].join("\n");
  return [
    { language: "curl", code: curl },
    { language: "Python", code: python },
    { language: "TypeScript", code: typescript },
  ];
}
