import { redirect } from "next/navigation";

export default async function ProjectPage({ params }: { params: Promise<{ slug: string }> }): Promise<never> {
  const { slug } = await params;
  redirect(`/projects/${encodeURIComponent(slug)}/object-storage`);
}
