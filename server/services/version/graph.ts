import { type ModelGraph, modelGraphSchema } from "#domain/shared/model-graph.ts";
import { versionGraphSchema, versionRefSchema } from "#domain/version/schema.ts";
import { defineVerb } from "#server/services/verb.ts";
import { findVersion } from "./view.ts";

/** What a version's file computes, apart from the version itself: it may be much larger than all else about it. */
export const getVersionGraph = defineVerb({
  name: "version.graph",
  kind: "query",
  permission: "model:read",
  input: versionRefSchema,
  output: versionGraphSchema,
  async run(ctx, { model, version }) {
    const { artifactDigest, format } = await findVersion(ctx.db.read, model, version);
    const { graph } = await ctx.db.read.artifact.findUniqueOrThrow({
      where: { digest: artifactDigest },
      select: { graph: true },
    });
    if (format === "onnx" && graph !== null) return { graph: read(graph), why: null };
    const why =
      format === "onnx"
        ? "This version was registered before graphs were kept. Register its file again to see its graph."
        : "Only the graph of an ONNX file can be read.";
    return { graph: null, why };
  },
});

const read = (stored: unknown): ModelGraph => modelGraphSchema.parse(stored);
