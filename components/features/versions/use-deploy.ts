"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { type Failure, failureOf } from "#components/trpc/failure.ts";
import type { Inputs } from "#components/trpc/outputs.ts";

type Revision = Inputs["revision"]["create"];
type Target = Readonly<{ endpoint: string; environment: string }>;

/** Makes the endpoint first where it is new. `isMade`: it was, and the revision was refused then: it is new no more. */
export function useDeploy(onDeployed: (target: Target) => void) {
  const trpc = useTRPC();
  const createEndpoint = useMutation(trpc.endpoint.create.mutationOptions());
  const createRevision = useMutation(trpc.revision.create.mutationOptions());
  const [made, setMade] = useState<string | null>(null);
  const [deployed, setDeployed] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const deploy = async (target: Target, revision: Omit<Revision, "endpoint" | "environment">, isNew: boolean) => {
    setFailure(null);
    try {
      if (isNew) {
        await createEndpoint.mutateAsync({ name: target.endpoint, environment: target.environment });
        setMade(`${target.environment}/${target.endpoint}`);
      }
      await createRevision.mutateAsync({ ...revision, ...target });
      setDeployed(true);
      onDeployed(target);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  const isMade = ({ environment, endpoint }: Target) => made === `${environment}/${endpoint}`;
  return { deploy, isMade, failure, busy: deployed || createEndpoint.isPending || createRevision.isPending };
}
