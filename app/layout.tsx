import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { env } from "@/lib/platform/env";
import { Providers } from "@/components/layout/providers";
import "./globals.css";

/** Not a constant: that would keep the name which the portal had when it was built. */
export function generateMetadata(): Metadata {
  const brand = env.LATCHKEY_BRAND;
  return {
    title: { default: brand, template: `%s · ${brand}` },
    description: "The S3 credentials of your object storage",
    manifest: "/manifest.webmanifest",
    icons: { apple: "/apple-touch-icon.png" },
    robots: { index: false, follow: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9fafc" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1017" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <Providers nonce={nonce} brand={env.LATCHKEY_BRAND}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
