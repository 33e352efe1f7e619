"use client";

import { useEffect, useRef, useState } from "react";
import { callAction } from "@/components/ui/call-action";
import { checkLink } from "@/lib/set-up-links/actions";

export type LinkStage =
  | { at: "checking" }
  | { at: "form"; secret: string; email: string; name: string }
  /** The link does not work, or it is not known whether it does. */
  | { at: "ended"; message: string };

const NO_LINK =
  "The address of this page has no set-up link in it. Open the whole link that you were given, also after a reload.";
const LOST = "The portal does not answer. Open the link again in a moment. Nothing was changed.";

/**
 * Takes the secret part of the link from the address, where it would stay in the history of the browser, and asks the
 * portal whose link it is. The secret is held only in the state of the component that calls this hook.
 */
export function useLink() {
  const [stage, setStage] = useState<LinkStage>({ at: "checking" });
  const taken = useRef("");

  useEffect(() => {
    let isCurrent = true;
    const check = async (secret: string) => {
      const reply = await callAction(() => checkLink({ secret }));
      if (!isCurrent) return;
      if (reply.kind === "data" && reply.data.ok)
        setStage({ at: "form", secret, email: reply.data.email, name: reply.data.name });
      else if (reply.kind === "data") setStage({ at: "ended", message: reply.data.ok ? "" : reply.data.message });
      else setStage({ at: "ended", message: reply.kind === "lost" ? LOST : reply.message });
    };
    const take = () => {
      // In strict mode the second run finds the address without the secret.
      taken.current = window.location.hash.slice(1) || taken.current;
      if (window.location.hash) window.history.replaceState(null, "", window.location.pathname);
      if (taken.current) void check(taken.current);
      else setStage({ at: "ended", message: NO_LINK });
    };
    take();
    // A link that is opened while the page is open changes nothing but the part behind the #.
    const onHashChange = () => window.location.hash && take();
    window.addEventListener("hashchange", onHashChange);
    return () => {
      isCurrent = false;
      window.removeEventListener("hashchange", onHashChange);
    };
  }, []);

  return { stage, end: (message: string) => setStage({ at: "ended", message }) };
}
