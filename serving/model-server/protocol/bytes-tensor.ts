import { badRequest } from "#serving/model-server/request-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * BYTES in the binary extension: for each element its length as 4 bytes little endian, then that many bytes.
 * onnxruntime holds text, so bytes that are not UTF-8 are refused. Throws RequestError naming `where`.
 */
export function decodeBytesTensor(bytes: Uint8Array, count: number, where: string): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: string[] = [];
  let offset = 0;
  while (offset < bytes.byteLength) {
    if (elements.length === count) throw badRequest(`${where}: its binary data holds more than ${count} elements`);
    if (offset + 4 > bytes.byteLength) throw badRequest(`${where}: its binary data ends inside a length`);
    const length = view.getUint32(offset, true);
    const end = offset + 4 + length;
    if (end > bytes.byteLength) throw badRequest(`${where}: element ${elements.length} reaches past its binary data`);
    elements.push(decodeText(bytes.subarray(offset + 4, end), `${where}: element ${elements.length}`));
    offset = end;
  }
  if (elements.length < count) {
    throw badRequest(`${where}: its binary data holds ${elements.length} elements, its shape ${count}`);
  }
  return elements;
}

/** Throws RequestError naming `where` when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw badRequest(`${where} is not UTF-8 text`);
  }
}

/** The inverse of decodeBytesTensor. */
export function encodeBytesTensor(elements: readonly string[]): Uint8Array {
  const encoded = elements.map((element) => Buffer.from(element, "utf8"));
  const bytes = Buffer.allocUnsafe(encoded.reduce((sum, element) => sum + 4 + element.byteLength, 0));
  let offset = 0;
  for (const element of encoded) {
    offset = bytes.writeUInt32LE(element.byteLength, offset);
    offset += element.copy(bytes, offset);
  }
  return bytes;
}
