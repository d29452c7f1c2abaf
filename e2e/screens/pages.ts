import { STAGE } from "./stage.ts";

const model = `/models/${STAGE.model}`;
const endpoint = `/endpoints/${STAGE.environment}/${STAGE.endpoint}`;

/** In an address, where the id of an incident belongs. */
export const INCIDENT = "INCIDENT";

/** Every page there is, by its file: where it is found, and the heading that says it has arrived. */
export const PAGES: Readonly<Record<string, readonly [address: string, heading: RegExp][]>> = {
  "(console)/page.tsx": [["/", /endpoint/i]],
  "(console)/models/page.tsx": [["/models", /^Models$/]],
  "(console)/models/[model]/page.tsx": [[model, /^stage$/]],
  "(console)/models/[model]/versions/[version]/page.tsx": ["card", "lineage"].map((tab) => [
    `${model}/versions/1?tab=${tab}`,
    /stage v1/,
  ]),
  "(console)/endpoints/page.tsx": [["/endpoints", /^Endpoints$/]],
  "(console)/endpoints/[environment]/[endpoint]/page.tsx": ["pods", "logs", "changes", "try", "settings"].map((tab) => [
    `${endpoint}?tab=${tab}`,
    /stage/,
  ]),
  "(console)/incidents/page.tsx": [["/incidents", /^Incidents$/]],
  "(console)/incidents/[incident]/page.tsx": [[`/incidents/${INCIDENT}`, /has 1 ready pod/]],
  "(console)/audit/page.tsx": [["/audit", /^Audit$/]],
  "(console)/settings/page.tsx": [["/settings", /^Environments$/]],
  "(console)/settings/account/page.tsx": [["/settings/account", /^Your account$/]],
  "(console)/settings/clusters/page.tsx": [["/settings/clusters", /^Clusters$/]],
  "(console)/settings/environments/page.tsx": [["/settings/environments", /^Environments$/]],
  "(console)/settings/people/page.tsx": [["/settings/people", /^People$/]],
  "(console)/settings/rights/page.tsx": [["/settings/rights", /^Rights$/]],
  "(console)/settings/system/page.tsx": [["/settings/system", /^System$/]],
  "(console)/settings/tokens/page.tsx": [["/settings/tokens", /^Tokens$/]],
  "[...nothing]/page.tsx": [["/nothing/here", /nothing at this address/]],
  "sign-in/page.tsx": [["/sign-in", /Sign in/]],
};
/** Not pages by name, but what one may end up on. */
export const NOWHERE = [
  ["/models/no-such-model", /There is no model/],
  ["/endpoints/local/no-such-endpoint", /There is no endpoint/],
] as const;
