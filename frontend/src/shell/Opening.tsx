import { Mark } from "@/ui/Mark";

/** While it is found out who is signed in: normally too short to be seen. */
export function Opening() {
  return (
    <main aria-busy="true" className="grid min-h-dvh place-items-center bg-bg">
      <div className="delay-appear">
        <Mark className="size-10 animate-skeleton" />
        <h1 className="sr-only">Opening Jobyard</h1>
      </div>
    </main>
  );
}
