import { redirect } from "next/navigation";
import { AppError } from "@/lib/platform/errors";

/** Loads a page of a list. An address with an invalid cursor redirects to the first page, which is at `path`. */
export async function loadPage<Page>(path: string, load: () => Promise<Page>): Promise<Page> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof AppError && error.code === "BAD_INPUT") redirect(path);
    throw error;
  }
}
