import { Check, X } from "lucide-react";
import { neededRights, rightWords } from "#domain/cluster/rights.ts";
import type { Environment } from "./environments-view.tsx";

/** Verb by verb, what the worker needs and whether the cluster grants it. */
export function EnvironmentRights({ environment }: { environment: Environment }) {
  const { missingRights: missing, podMonitorLabels } = environment;
  if (missing === null)
    return <p className="mt-3 text-muted">The worker has not asked the cluster for its rights yet.</p>;
  const needed = neededRights({ podMonitors: podMonitorLabels !== null, logs: false }).map(rightWords);
  const lacks = new Set(missing);
  return (
    <table className="mt-3 w-full text-label">
      <caption className="sr-only">Rights of the worker in {environment.namespace}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">What</th>
          <th scope="col">Verbs</th>
        </tr>
      </thead>
      <tbody>
        {[...bySubject([...needed, ...missing])].map(([subject, verbs]) => (
          <tr key={subject} className="border-b align-top last:border-b-0">
            <th scope="row" className="py-1 pr-4 text-left font-medium break-all">
              {subject}
            </th>
            <td className="py-1">
              <span className="flex flex-wrap gap-x-3">
                {[...verbs].map((verb) => (
                  <Verb key={verb} verb={verb} granted={!lacks.has(`${verb} ${subject}`)} />
                ))}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Verb({ verb, granted }: { verb: string; granted: boolean }) {
  const Icon = granted ? Check : X;
  return (
    <span
      className={
        granted
          ? "inline-flex items-center gap-1 text-muted"
          : "inline-flex items-center gap-1 font-medium text-failing"
      }
    >
      <Icon aria-hidden className="size-3.5" />
      {verb}
      <span className="sr-only">{granted ? " is granted" : " is missing"}</span>
    </span>
  );
}

function bySubject(words: readonly string[]): Map<string, Set<string>> {
  const subjects = new Map<string, Set<string>>();
  for (const text of words) {
    const [verb = "", ...rest] = text.split(" ");
    const subject = rest.join(" ");
    subjects.set(subject, (subjects.get(subject) ?? new Set()).add(verb));
  }
  return subjects;
}
