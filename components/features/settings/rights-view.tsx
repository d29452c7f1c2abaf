import { Check } from "lucide-react";
import { Card } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { roleCan } from "#domain/access/matrix.ts";
import { PERMISSIONS, ROLES } from "#domain/access/rights.ts";
import { PERMISSION_WORDS, ROLE_WORDS } from "#domain/access/words.ts";

/** The matrix by which every request is judged, not a copy of it. */
export const RightsView = () => (
  <>
    <PageHeader title="Rights">Who may do what. A token has the rights of its role.</PageHeader>
    <Card flush>
      <Table label="Rights of each role">
        <TableHead>
          <HeadCell className="sticky left-0 rounded-tl-card bg-surface">Right</HeadCell>
          {ROLES.map((role) => (
            // On a phone upright, so that all roles are in sight.
            <HeadCell key={role} className="text-center max-sm:h-28 max-sm:px-1">
              <span className="max-sm:rotate-180 max-sm:[writing-mode:vertical-rl]">{ROLE_WORDS[role].one}</span>
            </HeadCell>
          ))}
        </TableHead>
        <tbody>
          {PERMISSIONS.map((permission) => (
            <Row key={permission}>
              <th
                scope="row"
                className="[tr:last-child>&]:rounded-bl-card [tr:hover>&]:bg-hover sticky left-0 h-row min-w-56 bg-surface py-1 pr-3 pl-4 text-left font-normal max-sm:min-w-36"
              >
                {PERMISSION_WORDS[permission]}
              </th>
              {ROLES.map((role) => (
                <Cell key={role} className="text-center max-sm:px-1">
                  {roleCan(role, permission) ? (
                    <Check className="mx-auto size-4 text-accent" role="img" aria-label="Yes" />
                  ) : (
                    <span className="text-muted">
                      <span aria-hidden="true">–</span>
                      <span className="sr-only">No</span>
                    </span>
                  )}
                </Cell>
              ))}
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  </>
);
