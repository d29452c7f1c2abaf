/** Any fixed number will do; every worker of an installation's database takes the same. */
export const LEADER_LOCK = 7_114_702;
