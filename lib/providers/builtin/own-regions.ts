/** The regions of the built-in server that comes with the portal. The supervisor reads this file before any setting. */
export const OWN_REGIONS = ["north", "south"] as const;
