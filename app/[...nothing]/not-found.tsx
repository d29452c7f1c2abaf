import { headers } from "next/headers";
import { webContainer } from "#server/api/context.ts";
import { accountOf } from "#server/api/sign-in.ts";
import Nothing from "../(console)/not-found.tsx";
import { Console } from "../console.tsx";
import NothingAlone from "../not-found.tsx";

export default async function NotFound() {
  // Without the database nobody is known, and there is still nothing here.
  const account = await accountOf(webContainer(), await headers()).catch(() => null);
  if (account === null) return <NothingAlone />;
  return (
    <Console account={account}>
      <Nothing />
    </Console>
  );
}
