"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { useRefusal } from "#components/ui/access.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyLine } from "#components/ui/copy-button.tsx";
import { Sheet } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { nameProblem } from "#domain/shared/name-rules.ts";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { apiCommand } from "./commands.ts";
import type { DeployTarget } from "./deploy-target.ts";
import { EndpointChoice } from "./endpoint-choice.tsx";
import type { Version } from "./facts.tsx";
import { Preview } from "./preview.tsx";
import { SizeChoice } from "./size-choice.tsx";
import { SIZES, type Size } from "./size-presets.ts";
import { suggestName } from "./suggest-name.ts";
import { useDeploy } from "./use-deploy.ts";
import type { Serving } from "./use-it.tsx";

const REPLICAS_MAX = 100;

type DeployProps = Readonly<{
  version: Version;
  /** Where versions of this model are live; undefined: not known. */
  serving: readonly Serving[] | undefined;
  onClose: () => void;
}>;

/** From a version to pods behind an address, in one sheet. */
export function DeploySheet({ version, serving, onClose }: DeployProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const environments = useQuery(trpc.environment.list.queryOptions({}));
  const [target, setTarget] = useState(() => likelyTarget(version.model, serving));
  const [size, setSize] = useState<Size>("S");
  const [replicas, setReplicas] = useState("1");
  const { deploy, isMade, failure, busy } = useDeploy(({ environment, endpoint }) =>
    router.push(screenPaths.endpoint(environment, endpoint)),
  );
  const known = environments.data?.items ?? [];
  const environment = target.environment || (known[0]?.name ?? "");
  const kind = known.find(({ name }) => name === environment)?.kind;
  const refusal = useRefusal("endpoint:write", kind);
  const at = { endpoint: target.endpoint, environment };
  const min = Number(replicas);
  const asked = { model: version.model, version: version.version, replicas: { min }, resources: SIZES[size] };
  const isNew = target.isNew && !isMade(at);
  const problem = refusal ?? problemOf(at, min);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null && !busy) void deploy(at, asked, isNew);
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Deploy ${version.model} v${version.version}`}
      description="The first revision of an endpoint gets all its traffic; a later one none until you change traffic."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="deploy" look="filled" busy={busy} refusal={problem}>
            Deploy
          </Button>
        </>
      }
    >
      <form id="deploy" onSubmit={onSubmit} className="flex flex-col gap-5">
        {failure ? (
          <Banner status="Failing" title="It was not deployed.">
            {failure.message} What you entered is kept.
          </Banner>
        ) : null}
        <EndpointChoice
          target={{ ...target, environment }}
          suggestion={suggestName(version.model)}
          environments={known.map(({ name }) => name)}
          onChange={setTarget}
          error={target.endpoint === "" ? null : targetNameProblem(target)}
        />
        <SizeChoice size={size} onChange={setSize} />
        <Field label="Replicas" hint="Pods that answer; two outlive the loss of one." error={replicasProblem(min)}>
          <Input
            type="number"
            min={1}
            max={REPLICAS_MAX}
            value={replicas}
            onChange={(event) => setReplicas(event.target.value)}
            className="max-w-32"
          />
        </Field>
        <Preview revision={{ ...asked, ...at, newEndpoint: isNew }} refusal={problem} />
        <div className="flex flex-col gap-1">
          <p className="font-medium text-label">The same from a shell</p>
          {commands(at, asked, isNew).map((command) => (
            <CopyLine key={command} text={command} label="Copy command" />
          ))}
        </div>
      </form>
    </Sheet>
  );
}

/** Where the model is live already a version goes beside the one there; a new model gets an endpoint of its name. */
function likelyTarget(model: string, serving: readonly Serving[] | undefined): DeployTarget {
  if (serving === undefined) return { isNew: false, endpoint: "", environment: "" };
  const [busiest] = serving.toSorted((a, b) => b.weightPercent - a.weightPercent);
  return busiest === undefined
    ? { isNew: true, endpoint: suggestName(model), environment: "" }
    : { isNew: false, endpoint: busiest.endpoint, environment: busiest.environment };
}

const targetNameProblem = ({ isNew, endpoint }: DeployTarget): string | null => (isNew ? nameProblem(endpoint) : null);

const replicasProblem = (min: number): string | null =>
  Number.isInteger(min) && min >= 1 && min <= REPLICAS_MAX ? null : `From 1 to ${REPLICAS_MAX}.`;

function problemOf({ endpoint, environment }: { endpoint: string; environment: string }, min: number): string | null {
  if (environment === "") return "There is no environment yet: add one in Settings.";
  if (endpoint === "") return "Say which endpoint.";
  const named = nameProblem(endpoint);
  if (named !== null) return `The endpoint's name: ${named}.`;
  return replicasProblem(min) === null ? null : "The number of replicas is not right.";
}

function commands(at: { endpoint: string; environment: string }, revision: object, isNew: boolean): string[] {
  const name = at.endpoint || "NAME";
  const path = `/endpoints/${name}/revisions?environment=${at.environment}`;
  const create = apiCommand(location.origin, "POST", "/endpoints", { name, environment: at.environment });
  return [...(isNew ? [create] : []), apiCommand(location.origin, "POST", path, revision)];
}
