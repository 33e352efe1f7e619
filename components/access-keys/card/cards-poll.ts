"use client";

import { useEffect } from "react";
import { type PolledCards, useCards } from "@/components/access-keys/card/use-cards";
import type { Card } from "@/lib/access-keys/schema";

export interface CardsPollProps {
  project: string;
  /** What came with the page. It is old when this is loaded, so the cards are asked for at once. */
  initial: Card[];
  /** Gets the cards, and gets them again whenever they change. It has to be the same function at every render. */
  onPolled: (cards: PolledCards) => void;
}

/** Polls the cards of a page and draws nothing. It is loaded later than the cards. */
export function CardsPoll({ project, initial, onPolled }: CardsPollProps) {
  const { cards, problem, refresh } = useCards(project, initial, { isOld: true });

  useEffect(() => onPolled({ cards, problem, refresh }), [cards, problem, refresh, onPolled]);

  return null;
}
