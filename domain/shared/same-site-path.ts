// A browser drops tabs and line breaks from an address, and reads \ as /.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
const NOT_A_PATH = /^(?!\/)|^\/[/\\]|[\u0000-\u001f\u007f]/;
const HERE = "http://slipway.invalid";

/** `given` if it leads to a page of this very site, else the home page: an open redirect lends our name to anybody. */
export function sameSitePath(given: string | null | undefined): string {
  if (given == null || given.length > 2_000 || NOT_A_PATH.test(given)) return "/";
  if (!URL.canParse(given, HERE)) return "/";
  const url = new URL(given, HERE);
  const leadsNowhere =
    url.origin !== HERE || /^\/(api|sign-in)(\/|$)/.test(url.pathname) || url.pathname.startsWith("//");
  return leadsNowhere ? "/" : url.pathname + url.search + url.hash;
}
