import manifest from "../../package.json" with { type: "json" };

/** Names this release in image tags and in the API's description. */
export const release: string = manifest.version;
