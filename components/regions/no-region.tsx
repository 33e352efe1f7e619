import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { TextLink } from "@/components/ui/text-link";

/** Says that there is no region, and who adds one. */
export function NoRegion({ mayAdd }: { mayAdd: boolean }) {
  return (
    <Empty title="There is no region yet">
      Keys and buckets are made in regions.{" "}
      {mayAdd ? (
        <TextLink href="/admin/regions/new">Add region</TextLink>
      ) : (
        "A platform admin of this portal adds them: ask one of them."
      )}
    </Empty>
  );
}

/** Says that a project can use none of the regions, and who changes that. */
export function NoOpenRegion({ project, mayOpen }: { project: string; mayOpen: boolean }) {
  return (
    <Notice look="warn" className="mb-4">
      This project can use no region at the moment, so no keys can be made.{" "}
      {mayOpen ? (
        <TextLink href={`/admin/projects/${project}`}>Choose the regions of the project</TextLink>
      ) : (
        "A platform admin of this portal enables regions for projects: ask one of them."
      )}
    </Notice>
  );
}
