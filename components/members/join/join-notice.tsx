"use client";

import dynamic from "next/dynamic";
import type { JoinLine } from "@/lib/members/schema";

const JoinList = dynamic(() => import("@/components/members/join/join-list").then((module) => module.JoinList));

/** The notice of platform admins who joined. Most visits of the dashboard have none, so its code is loaded with it. */
export function JoinNotice(props: { project: string; joins: JoinLine[] }) {
  return <JoinList {...props} />;
}
