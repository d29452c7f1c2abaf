import { redirect } from "next/navigation";
import { screenPaths } from "#domain/shared/screen-paths.ts";

export default function Page(): never {
  redirect(screenPaths.settingsOf("environments"));
}
