import type { Metadata } from "next";
import { NotHere } from "@/components/layout/not-here";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="pt-[6vh]">
      <NotHere />
    </main>
  );
}
