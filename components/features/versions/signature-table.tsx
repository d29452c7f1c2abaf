import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import type { Signature, TensorSpec } from "#domain/shared/signature.ts";
import { exampleWords } from "./example-words.ts";

type SignatureTableProps = Readonly<{ signature: Signature; exampleInput: unknown }>;

/** Read out of the file: what goes in and what comes out; and what an input looks like, where the version says so. */
export function SignatureTable({ signature, exampleInput }: SignatureTableProps) {
  const examples = new Map(signature.inputs.map(({ name }) => [name, exampleWords(exampleInput, name)]));
  const hasExample = [...examples.values()].some((words) => words !== null);
  const columns = hasExample ? 4 : 3;
  return (
    <Table label="Signature">
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>Type</HeadCell>
        <HeadCell>Shape</HeadCell>
        {hasExample ? <HeadCell className="max-sm:hidden">Example</HeadCell> : null}
      </TableHead>
      <tbody>
        <Heading text="Inputs" columns={columns} />
        {signature.inputs.map((spec) => (
          <Tensor key={spec.name} spec={spec} example={hasExample ? (examples.get(spec.name) ?? "") : null} />
        ))}
        <Heading text="Outputs" columns={columns} />
        {signature.outputs.map((spec) => (
          <Tensor key={spec.name} spec={spec} example={hasExample ? "" : null} />
        ))}
      </tbody>
    </Table>
  );
}

const Heading = ({ text, columns }: { text: string; columns: number }) => (
  <tr>
    <th scope="rowgroup" colSpan={columns} className="h-8 px-4 text-left font-medium text-label text-muted">
      {text}
    </th>
  </tr>
);

/** `example` null: there is no column for it. */
const Tensor = ({ spec, example }: { spec: TensorSpec; example: string | null }) => (
  <Row>
    <Cell className="min-w-24 wrap-anywhere font-mono text-label">{spec.name}</Cell>
    <Cell>{spec.datatype}</Cell>
    <Cell className="whitespace-nowrap tabular-nums">{shapeWords(spec.shape)}</Cell>
    {example === null ? null : <Cell className="max-w-40 truncate text-muted max-sm:hidden">{example}</Cell>}
  </Row>
);

const shapeWords = (shape: readonly number[]): string =>
  shape.length === 0 ? "one value" : shape.map((size) => (size === -1 ? "any" : size)).join(" × ");
