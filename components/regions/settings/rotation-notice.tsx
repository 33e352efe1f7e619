import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import type { OpenRotation } from "@/lib/regions/schema";

/** What is open of a rotation of a region's credentials, and why. */
export function RotationNotice({ rotation }: { rotation: OpenRotation }) {
  const { phase, since, credentials, problem } = rotation;
  const ids = Object.values(credentials).join(", ");
  const which = ids ? ` (${ids})` : "";
  return (
    <Notice look="warn">
      {phase === "ending"
        ? `The former credentials${which} are not proved refused. `
        : "A rotation of the credentials is not finished. "}
      {since ? (
        <>
          It began <Time iso={since} />.{" "}
        </>
      ) : null}
      {problem ? `The last try failed: ${problem}. ` : ""}
      {phase === null ? null : "The worker tries again each minute."}
    </Notice>
  );
}
