/** Who holds it below a home sends the demo's traffic; what it answers is its ProcessIdentity as JSON. */
export const TRAFFIC_PLACE = "demo-traffic";
/** Held while `npm run demo` is at work, so that two at once do nothing twice. */
export const DEMO_PLACE = "demo";
