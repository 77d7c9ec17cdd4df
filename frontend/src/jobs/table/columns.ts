// The columns, by the width of the window: below 1280 px the tags go, below 1100 px the queue, below 900 px the progress
// bar (the ring keeps it), below 768 px a row is a card. Wide screens give the room to the kind alone.

export const COLUMNS =
  "grid items-center gap-x-3 grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[16px_96px_minmax(0,1fr)_64px_24px_36px_72px_64px] lg:grid-cols-[16px_96px_minmax(0,1fr)_64px_24px_36px_96px_72px_64px] xl:grid-cols-[16px_96px_minmax(0,1fr)_64px_24px_36px_112px_64px_72px_68px] 2xl:grid-cols-[16px_96px_minmax(180px,1fr)_64px_24px_36px_112px_64px_72px_68px_128px]";

export const HEADINGS: readonly { word: string; title?: string; className?: string }[] = [
  { word: "State" },
  { word: "Kind" },
  { word: "Id" },
  { word: "Pri", title: "Priority" },
  { word: "Try", title: "Attempts made, of how many" },
  { word: "Progress", className: "hidden lg:block" },
  { word: "Queue", className: "hidden xl:block" },
  { word: "Run at" },
  { word: "Took", className: "text-right" },
  { word: "Tags", className: "hidden 2xl:block" },
];
