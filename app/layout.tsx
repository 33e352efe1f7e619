import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { env } from "@/lib/platform/env";
import { Providers } from "@/components/layout/providers";
import { readTheme, THEME_COOKIE } from "@/components/layout/theme";
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
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <Providers brand={env.LATCHKEY_BRAND}>{children}</Providers>
      </body>
    </html>
  );
}
