"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/client.tsx";
import { failureOf } from "#components/trpc/failure.ts";
import type { Outputs } from "#components/trpc/outputs.ts";

type Version = Outputs["version"]["register"];

/** `failure` stays until the next attempt or `forget`. */
export function useRegistration(onRegistered: (version: Version) => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const register = useMutation(
    trpc.version.register.mutationOptions({
      onSuccess: async (version) => {
        await queryClient.invalidateQueries({ queryKey: trpc.model.pathKey() });
        await queryClient.invalidateQueries({ queryKey: trpc.version.pathKey() });
        onRegistered(version);
      },
    }),
  );
  const failure = register.isError ? failureOf(register.error) : null;
  return { register: register.mutate, forget: register.reset, failure, busy: register.isPending };
}
