import type { TensorSpec } from "#domain/shared/signature.ts";
import { readValue, type TensorValue } from "./tensors.ts";

export const ROWS_MAX = 500;
type Table = Readonly<{ rows: TensorValue[][]; header: readonly string[] | null; problem: string | null }>;

/** Rows parted by lines, cells by comma, semicolon or tab. A first line of names is a header; `problem` names the line. */
export function readTable(text: string, { shape, datatype }: TensorSpec): Table {
  const columns = shape[1] ?? 0;
  const wanted = shape[0] ?? -1;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const cells = lines.map((line) => line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const isHeader = datatype !== "BYTES" && cells[0]?.some((cell) => Number.isNaN(Number(cell))) === true;
  const header = isHeader ? (cells[0] ?? null) : null;
  const body = isHeader ? cells.slice(1) : cells;
  const failed = (problem: string): Table => ({ rows: [], header, problem });
  if (body.length === 0) return failed("There is no row yet.");
  if (body.length > ROWS_MAX) return failed(`These are ${body.length} rows; at most ${ROWS_MAX} are sent at once.`);
  if (wanted > 0 && body.length !== wanted)
    return failed(`This model takes exactly ${wanted} rows at once; these are ${body.length}.`);
  const rows: TensorValue[][] = [];
  for (const [index, line] of body.entries()) {
    const where = `Row ${index + 1}`;
    if (line.length !== columns) return failed(`${where} has ${line.length} values; the model takes ${columns}.`);
    const values = line.map((cell) => readValue(cell, datatype));
    const bad = values.find(({ problem }) => problem !== null);
    if (bad?.problem) return failed(`${where}: ${bad.problem}`);
    rows.push(values.map(({ value }) => value));
  }
  return { rows, header, problem: null };
}
