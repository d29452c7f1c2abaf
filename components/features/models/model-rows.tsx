import type { Outputs } from "#components/trpc/outputs.ts";
import { Chip } from "#components/ui/chip.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { firstWords } from "./first-words.ts";

type Model = Outputs["model"]["list"]["items"][number];
type RowsProps = Readonly<{ models: readonly Model[]; onTag: (tag: string) => void }>;

const TAGS_SHOWN_MAX = 4;

export const ModelRows = ({ models, onTag }: RowsProps) => (
  <>
    <div className="max-sm:hidden">
      <Table label="Models">
        <TableHead>
          <HeadCell>Name</HeadCell>
          <HeadCell>Newest</HeadCell>
          <HeadCell>Aliases</HeadCell>
          <HeadCell>Tags</HeadCell>
          <HeadCell>Owner</HeadCell>
          <HeadCell>Made</HeadCell>
        </TableHead>
        <tbody>
          {models.map((model) => (
            <Row key={model.id}>
              <Cell className="max-w-80">
                <Link href={screenPaths.model(model.name)} className="block truncate font-medium hover:underline">
                  {model.name}
                </Link>
                {model.description === "" ? null : (
                  <span className="block truncate text-label text-muted">{firstWords(model.description)}</span>
                )}
              </Cell>
              <Cell>
                {model.latestVersion === null ? (
                  <span className="text-muted">none</span>
                ) : (
                  <Link href={screenPaths.version(model.name, model.latestVersion)} className="hover:underline">
                    v{model.latestVersion}
                  </Link>
                )}
              </Cell>
              <Cell>
                <Aliases model={model} />
              </Cell>
              <Cell>
                <span className="flex flex-wrap gap-1">
                  {model.tags.slice(0, TAGS_SHOWN_MAX).map((tag) => (
                    <Chip key={tag} onPress={() => onTag(tag)}>
                      {tag}
                    </Chip>
                  ))}
                  {model.tags.length > TAGS_SHOWN_MAX ? (
                    <span className="text-label text-muted">+{model.tags.length - TAGS_SHOWN_MAX}</span>
                  ) : null}
                </span>
              </Cell>
              <Cell className="text-muted">{model.createdBy}</Cell>
              <Cell className="whitespace-nowrap text-muted">
                <RelativeTime at={model.createdAt} />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
    <ul className="sm:hidden">
      {models.map((model) => (
        <li key={model.id} className="border-b last:border-b-0">
          <Link href={screenPaths.model(model.name)} className="flex min-h-12 flex-col justify-center px-4 py-2">
            <span className="flex items-baseline justify-between gap-2">
              <span className="min-w-0 truncate font-medium">{model.name}</span>
              <span className="shrink-0 text-muted">
                {model.latestVersion === null ? "no version" : `v${model.latestVersion}`}
              </span>
            </span>
            <span className="truncate text-label text-muted">
              {Object.entries(model.aliases)
                .map(([alias, version]) => `${alias} v${version}`)
                .join(", ") || model.createdBy}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  </>
);

const Aliases = ({ model }: { model: Model }) => (
  <span className="flex flex-wrap gap-1">
    {Object.entries(model.aliases).map(([alias, version]) => (
      <Chip key={alias}>
        {alias} <span className="text-muted">v{version}</span>
      </Chip>
    ))}
  </span>
);
