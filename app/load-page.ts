import { redirect } from "next/navigation";
import { AppError } from "@/lib/platform/errors";

/** Reads a page of a list; an address whose cursor nobody made leads back to the first page. */
export async function loadPage<Page>(path: string, load: () => Promise<Page>): Promise<Page> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof AppError && error.code === "BAD_INPUT") redirect(path);
    throw error;
  }
}
