/** The REST call that does the same, for a shell: the token stays a variable of the reader's own. */
export function curlOf(method: string, path: string, body?: unknown, headers: readonly string[] = []): string {
  const parts = [
    `curl -X ${method} ${quoted(`${originOf()}/api/v1${path}`)}`,
    `-H "Authorization: Bearer $SLIPWAY_TOKEN"`,
    ...headers.map((header) => `-H ${quoted(header)}`),
    ...(body === undefined ? [] : [`-H 'content-type: application/json'`, `-d ${quoted(JSON.stringify(body))}`]),
  ];
  return parts.join(" ");
}

const originOf = () => (typeof window === "undefined" ? "" : window.location.origin);
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
