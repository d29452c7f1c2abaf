import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import type { Signature, TensorSpec } from "#domain/shared/signature.ts";

/** Read out of the file: what goes in and what comes out. */
export const SignatureTable = ({ signature }: { signature: Signature }) => (
  <Table label="Signature">
    <TableHead>
      <HeadCell>Name</HeadCell>
      <HeadCell>Type</HeadCell>
      <HeadCell>Shape</HeadCell>
    </TableHead>
    <tbody>
      <Tensors heading="Inputs" specs={signature.inputs} />
      <Tensors heading="Outputs" specs={signature.outputs} />
    </tbody>
  </Table>
);

const Tensors = ({ heading, specs }: { heading: string; specs: readonly TensorSpec[] }) => (
  <>
    <tr>
      <th scope="rowgroup" colSpan={3} className="h-8 px-4 text-left font-medium text-label text-muted">
        {heading}
      </th>
    </tr>
    {specs.map(({ name, datatype, shape }) => (
      <Row key={name}>
        <Cell className="break-all font-mono text-label">{name}</Cell>
        <Cell>{datatype}</Cell>
        <Cell className="whitespace-nowrap tabular-nums">{shapeWords(shape)}</Cell>
      </Row>
    ))}
  </>
);

const shapeWords = (shape: readonly number[]): string =>
  shape.length === 0 ? "one value" : shape.map((size) => (size === -1 ? "any" : size)).join(" × ");
