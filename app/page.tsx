import { redirect } from "next/navigation";
import { requireActor } from "@/lib/gate/page";
import { landingPath } from "@/lib/projects/loaders";

export default async function HomePage(): Promise<never> {
  redirect(await landingPath(await requireActor()));
}
