"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/client.tsx";
import { type Failure, failureOf } from "#components/trpc/failure.ts";
import type { Inputs, Outputs } from "#components/trpc/outputs.ts";

type Registration = Inputs["version"]["register"];
type NewModel = Inputs["model"]["create"];
type Version = Outputs["version"]["register"];

/** Makes the model first where it is new; what was made stays made when the version is refused, and is not made twice. */
export function useRegistration(onRegistered: (version: Version) => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const createModel = useMutation(trpc.model.create.mutationOptions());
  const registerVersion = useMutation(trpc.version.register.mutationOptions());
  const [made, setMade] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const register = async (registration: Registration, newModel: NewModel | null) => {
    setFailure(null);
    try {
      if (newModel !== null && made !== newModel.name) {
        await createModel.mutateAsync(newModel);
        setMade(newModel.name);
      }
      const version = await registerVersion.mutateAsync(registration);
      await queryClient.invalidateQueries({ queryKey: trpc.model.pathKey() });
      await queryClient.invalidateQueries({ queryKey: trpc.version.pathKey() });
      onRegistered(version);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return { register, failure, busy: createModel.isPending || registerVersion.isPending };
}
