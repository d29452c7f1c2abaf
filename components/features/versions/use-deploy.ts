"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { type Failure, failureOf } from "#components/trpc/failure.ts";
import type { Inputs } from "#components/trpc/outputs.ts";

type Revision = Inputs["revision"]["create"];
type Target = Readonly<{ endpoint: string; environment: string }>;

/** Makes the endpoint first where it is new; when the revision is refused then, the endpoint is not made twice. */
export function useDeploy(onDeployed: (target: Target) => void) {
  const trpc = useTRPC();
  const createEndpoint = useMutation(trpc.endpoint.create.mutationOptions());
  const createRevision = useMutation(trpc.revision.create.mutationOptions());
  const [made, setMade] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const deploy = async (target: Target, revision: Omit<Revision, "endpoint" | "environment">, isNew: boolean) => {
    setFailure(null);
    const key = `${target.environment}/${target.endpoint}`;
    try {
      if (isNew && made !== key) {
        await createEndpoint.mutateAsync({ name: target.endpoint, environment: target.environment });
        setMade(key);
      }
      await createRevision.mutateAsync({ ...revision, ...target });
      onDeployed(target);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return { deploy, failure, busy: createEndpoint.isPending || createRevision.isPending };
}
