export const PASSWORD_LENGTH_MIN = 10;
/** scrypt takes any length; a limit keeps one request from costing as much as a thousand. */
export const PASSWORD_LENGTH_MAX = 128;
