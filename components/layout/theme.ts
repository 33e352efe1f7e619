/** What a person may choose. `system` is the theme of the operating system. */
export const THEMES = ["light", "dark", "system"] as const;

export type Theme = (typeof THEMES)[number];

/** The cookie that keeps the choice, so that the server sends the page in the right colours. */
export const THEME_COOKIE = "latchkey.theme";

/** How long the choice is kept after the last visit. A year. */
export const THEME_COOKIE_SECONDS = 31_536_000;

/** The theme of a cookie's value. Anything unknown is `system`. */
export const readTheme = (value: string | undefined): Theme => THEMES.find((theme) => theme === value) ?? "system";
