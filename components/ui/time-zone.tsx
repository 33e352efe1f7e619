"use client";

import { useSyncExternalStore } from "react";

const subscribe = () => () => undefined;

/** Says in which time zone the times of a page are. The server does not know the reader's, and writes UTC. */
export function TimeZone() {
  const zone = useSyncExternalStore(
    subscribe,
    () => `your time zone, ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`,
    () => "UTC",
  );
  return `Times are in ${zone}.`;
}
