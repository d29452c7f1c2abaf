import { flushCompileCache } from "node:module";

/**
 * With NODE_COMPILE_CACHE set, the next start of this program skips half of its work: stripping types and compiling.
 * Node writes that cache only at a clean exit, which a pod may never have. Call it in every thread, once it is ready.
 */
export const keepCompiled = (): void => flushCompileCache();
