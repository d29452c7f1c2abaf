import type { Outputs } from "#components/trpc/outputs.ts";
import type { Signature, TensorSpec } from "#domain/shared/signature.ts";
import type { InferRequest } from "./tensors.ts";

export type Version = Outputs["version"]["get"];

export type ModeProps = Readonly<{ version: Version; busy: boolean; onSend: (request: InferRequest) => void }>;

export type SignedProps = ModeProps & Readonly<{ signature: Signature }>;
/** For ways to enter one input. */
export type SingleProps = ModeProps & Readonly<{ spec: TensorSpec }>;
