import type { Datatype } from "#domain/shared/signature.ts";
import {
  BIG_INTEGER_RANGE,
  INTEGER_RANGE,
  NUMERIC,
  type NumericArray,
  type TensorData,
} from "#serving/model-server/datatypes.ts";
import { badRequest } from "#serving/model-server/request-error.ts";

/** JSON has no words for these, so they travel as text, as ProtoJSON has it. */
const NOT_FINITE: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);
const FLOATS: ReadonlySet<Datatype> = new Set(["FP16", "FP32", "FP64"]);

/** Throws the sentence that belongs after "element 3". */
type ReadElement = (value: unknown) => number | bigint | string;

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

function readFloat(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const special = NOT_FINITE.get(value);
  if (special === undefined) throw new TypeError(`is ${shown(value)}, not a number`);
  return special;
}

const readInteger =
  ([least, most]: readonly [number, number]): ReadElement =>
  (value) => {
    if (typeof value !== "number" || !Number.isInteger(value))
      throw new TypeError(`is ${shown(value)}, not an integer`);
    if (value < least || value > most) throw new TypeError(`is ${value}, outside ${least} to ${most}`);
    return value;
  };

const readBigInteger =
  ([least, most]: readonly [bigint, bigint]): ReadElement =>
  (value) => {
    if (typeof value === "number" && Number.isInteger(value)) {
      if (!Number.isSafeInteger(value)) {
        throw new TypeError(`is beyond 2^53, where JSON numbers lose digits: send it as text ("9007199254740993")`);
      }
    } else if (typeof value !== "string" || !/^-?\d{1,20}$/.test(value)) {
      throw new TypeError(`is ${shown(value)}, not an integer`);
    }
    const integer = BigInt(value as number | string);
    if (integer < least || integer > most) throw new TypeError(`is ${integer}, outside ${least} to ${most}`);
    return integer;
  };

function readBool(value: unknown): number {
  if (typeof value !== "boolean") throw new TypeError(`is ${shown(value)}, not true or false`);
  return value ? 1 : 0;
}

function readText(value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`is ${shown(value)}, not text`);
  return value;
}

function readerOf(datatype: Datatype): ReadElement {
  if (datatype === "BYTES") return readText;
  if (datatype === "BOOL") return readBool;
  if (FLOATS.has(datatype)) return readFloat;
  const range = INTEGER_RANGE[datatype];
  if (range !== undefined) return readInteger(range);
  const bigRange = BIG_INTEGER_RANGE[datatype];
  if (bigRange !== undefined) return readBigInteger(bigRange);
  throw new TypeError(`no reader for ${datatype}`);
}

/** Elements of nested arrays in row-major order; the nesting must be that of `shape`. */
function flatten(data: readonly unknown[], shape: readonly number[], where: string): readonly unknown[] {
  if (!data.some(Array.isArray)) return data;
  let level: readonly unknown[] = [data];
  for (const [axis, size] of shape.entries()) {
    for (const part of level) {
      if (!Array.isArray(part) || part.length !== size) {
        const found = Array.isArray(part) ? `${part.length} elements` : shown(part);
        throw badRequest(`${where}: data has ${found} along axis ${axis}, its shape says ${size}`);
      }
    }
    level = level.flat(1);
  }
  return level;
}

/**
 * The `data` of a JSON tensor, flat or nested as its shape. INT64 and UINT64 beyond 2^53 travel as text.
 * Throws RequestError naming `where` and the element.
 */
export function decodeJsonData(
  data: unknown,
  datatype: Datatype,
  shape: readonly number[],
  count: number,
  where: string,
): TensorData {
  if (!Array.isArray(data)) throw badRequest(`${where}: data must be an array`);
  const flat = flatten(data, shape, where);
  if (flat.length !== count) {
    throw badRequest(`${where}: shape [${shape}] holds ${count} elements, data has ${flat.length}`);
  }
  const read = readerOf(datatype);
  const target: TensorData | undefined =
    datatype === "BYTES" ? new Array<string>(count) : NUMERIC[datatype]?.make(count);
  if (target === undefined) throw badRequest(`${where}: datatype ${datatype} is not served`);
  let index = 0;
  try {
    for (; index < count; index += 1) target[index] = read(flat[index]) as never;
  } catch (error) {
    throw badRequest(`${where}: element ${index} ${error instanceof Error ? error.message : String(error)}`);
  }
  return target;
}

const hasNotFinite = (data: NumericArray): boolean => {
  for (const value of data) if (typeof value === "number" && !Number.isFinite(value)) return true;
  return false;
};

/** JSON text of a tensor's elements, flat. Integers keep all their digits. */
export function encodeJsonData(data: TensorData, datatype: Datatype): string {
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === "BOOL") return JSON.stringify(Array.from(data as Uint8Array, (value) => value !== 0));
  if (FLOATS.has(datatype) && hasNotFinite(data)) {
    const elements = Array.from(data as Float64Array, (value) => (Number.isFinite(value) ? value : `"${value}"`));
    return `[${elements.join(",")}]`;
  }
  return `[${data.join(",")}]`;
}
